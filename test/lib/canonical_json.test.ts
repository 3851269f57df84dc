import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/lib/canonical_json.ts';

test('the order of fields makes no difference, at any depth; that of a list does', () => {
  const one = canonicalJson([{ b: [{ d: null, c: 'x' }], a: { f: 1, e: new Date(0) } }]);
  expect(one).toBe('[{"a":{"e":"1970-01-01T00:00:00.000Z","f":1},"b":[{"c":"x","d":null}]}]');
  expect(canonicalJson([{ a: { e: new Date(0), f: 1 }, b: [{ c: 'x', d: null }] }])).toBe(one);
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('a field called __proto__ is a field', () => {
  const value = JSON.parse('{"b":1,"__proto__":{"d":1,"c":2}}');
  expect(canonicalJson(value)).toBe('{"__proto__":{"c":2,"d":1},"b":1}');
});
