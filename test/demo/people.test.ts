import { expect, test } from 'vitest';
import { normaliseAddress } from '../../src/contacts/address.ts';
import { lastDays } from '../../src/demo/days.ts';
import { latin } from '../../src/demo/latin.ts';
import { type MadeUpPerson, peopleOf } from '../../src/demo/people.ts';

const person = peopleOf('a seed');
const people = Array.from({ length: 5_000 }, (_, index) => person(index));

test('everybody has an address of their own, in its normal form', () => {
  expect(new Set(people.map(({ email }) => email)).size).toBe(5_000);
  for (const { email } of people) expect(normaliseAddress(email)).toEqual({ ok: true, email });
});

test('names come in several scripts, and some people give none', () => {
  const share = (is: (one: MadeUpPerson) => boolean) => people.filter(is).length / people.length;
  expect(share(({ name }) => name === null)).toBeCloseTo(0.06, 1);
  expect(share(({ name }) => /\p{Script=Cyrillic}/u.test(name ?? ''))).toBeGreaterThan(0.05);
  expect(share(({ name }) => /[À-ž]/.test(name ?? ''))).toBeGreaterThan(0.2);
});

test('the same number is the same person, whoever was asked for before', () => {
  expect(peopleOf('a seed')(4_321)).toEqual(person(4_321));
  expect(peopleOf('another seed')(4_321)).not.toEqual(person(4_321));
});

test('names are spelt as their bearers would', () => {
  expect(latin('Łukasz')).toBe('lukasz');
  expect(latin('Weiß', { ä: 'ae' })).toBe('weiss');
  expect(latin('Björn')).toBe('bjorn');
  expect(latin('Щербаков')).toBe('shcherbakov');
  expect(latin('Соломія', { и: 'y' })).toBe('solomiya');
  expect(latin('Işıl O’Neill')).toBe('isiloneill');
});

test('days are those of the zone, with today last', () => {
  const now = new Date('2026-03-30T22:30:00Z');
  const iso = (zone: string) =>
    lastDays(now, 3, zone).map(({ daysAgo, startsAt, weekday }) => [
      daysAgo,
      new Date(startsAt).toISOString(),
      weekday,
    ]);
  expect(iso('Europe/Berlin')).toEqual([
    [2, '2026-03-28T23:00:00.000Z', 0],
    [1, '2026-03-29T22:00:00.000Z', 1],
    [0, '2026-03-30T22:00:00.000Z', 2],
  ]);
  expect(iso('America/St_Johns').at(-1)).toEqual([0, '2026-03-30T02:30:00.000Z', 1]);
});
