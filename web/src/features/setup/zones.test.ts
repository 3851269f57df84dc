import { expect, test } from 'vitest';
import { zones } from './zones.ts';

const now = new Date('2026-07-01T00:00:00.000Z');

test('zones are told with their present distance from UTC', () => {
  const labels = new Map(zones(now).map(({ value, label }) => [value, label]));
  expect(labels.get('America/New_York')).toBe('America/New York (GMT-4)');
  expect(labels.get('UTC')).toBe('UTC');
});

test('the zone that the server suggests is among them, known here or not', () => {
  expect(zones(now, ['Etc/Elsewhere']).map(({ value }) => value)).toContain('Etc/Elsewhere');
});
