import { describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/uuid.ts';
import { freeSlug, isId, SLUG, slugOf } from '../../src/sequences/slug.ts';

describe('a slug', () => {
  test.each([
    ['Spring sale', 'spring-sale'],
    ['  Été: 20 % off!  ', 'ete-20-off'],
    ['Größe & Maß', 'grosse-mass'],
    ['---', 'sequence'],
    ['春のセール', 'sequence'],
    ['a'.repeat(100), 'a'.repeat(64)],
    [`${'a'.repeat(63)} b`, 'a'.repeat(63)],
  ])('of %j is %s', (name, slug) => {
    expect(slugOf(name, 'sequence')).toBe(slug);
    expect(slug).toMatch(SLUG);
  });

  test('never reads as an id', () => {
    const id = newId();
    expect(isId(id)).toBe(true);
    expect(slugOf(id, 'sequence')).toBe('sequence');
  });

  test('that is taken is numbered, and shortened to fit', () => {
    expect(freeSlug('sale', new Set())).toBe('sale');
    expect(freeSlug('sale', new Set(['sale', 'sale-2', 'sale-4']))).toBe('sale-3');
    const long = 'a'.repeat(64);
    expect(freeSlug(long, new Set([long]))).toBe(`${'a'.repeat(62)}-2`);
    const hyphened = `${'a'.repeat(61)}-bb`;
    expect(freeSlug(hyphened, new Set([hyphened]))).toBe(`${'a'.repeat(61)}-2`);
  });
});
