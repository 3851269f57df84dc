import { expect, test } from 'vitest';
import { detailsSearch, listSearch } from './address.ts';

test('an address says what the list shows, and what it does not know is left out', () => {
  expect(listSearch({ q: 'sale', sort: 'people', status: 'active' })).toEqual({
    q: 'sale',
    sort: 'people',
    status: 'active',
  });
  expect(listSearch({ q: '', sort: 'size', status: 'gone', other: '1' })).toEqual({});
});

test('an address says which days the details show', () => {
  expect(detailsSearch({ range: '7d' })).toEqual({ range: '7d' });
  expect(detailsSearch({ range: '31d' })).toEqual({});
});
