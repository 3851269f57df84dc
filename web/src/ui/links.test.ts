import { expect, test } from 'vitest';
import { linksIn } from './links.ts';

test('addresses in a text become links, without the signs around them', () => {
  expect(linksIn('Go to https://shop.example.com/?code=A1. (Or http://example.com/a)!')).toEqual([
    { text: 'Go to ', href: null },
    { text: 'https://shop.example.com/?code=A1', href: 'https://shop.example.com/?code=A1' },
    { text: '. (Or ', href: null },
    { text: 'http://example.com/a', href: 'http://example.com/a' },
    { text: ')!', href: null },
  ]);
});

test('a header keeps its brackets', () => {
  expect(linksIn('<http://localhost:3000/u/abc>').map(({ text }) => text)).toEqual([
    '<',
    'http://localhost:3000/u/abc',
    '>',
  ]);
});

test('only web addresses can be followed', () => {
  expect(linksIn('javascript:alert(1) mailto:ada@example.com')).toEqual([
    { text: 'javascript:alert(1) mailto:ada@example.com', href: null },
  ]);
});
