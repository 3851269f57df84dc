import { expect, test } from 'vitest';
import { backOf } from './back.ts';

const here = 'https://mail.example.com';

test('after signing in one is back where one was', () => {
  expect(backOf('/sequences?q=spring+sale&sort=name#x', here)).toBe('/sequences?q=spring+sale&sort=name#x');
});

test.each([
  undefined,
  '',
  'sequences',
  'https://elsewhere.example.com/',
  '//elsewhere.example.com',
  '/\\elsewhere.example.com',
])('but never on another site: %s', (wanted) => {
  expect(backOf(wanted, here)).toBe('/');
});
