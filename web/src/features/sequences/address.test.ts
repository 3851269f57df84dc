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
  expect(detailsSearch({ time_range: '7d' })).toEqual({ time_range: '7d' });
  expect(detailsSearch({ time_range: '31d', range: '7d' })).toEqual({});
});
