import { Liquid } from 'liquidjs';
import { expect, test } from 'vitest';
import { dateFilter } from '../../src/sequences/template_dates.ts';

const SETTINGS = { timezoneOffset: 'UTC', locale: 'en-US' };
const remembering = new Liquid(SETTINGS);
remembering.registerFilter('date', dateFilter());
const plain = new Liquid(SETTINGS);

const INSTANTS = [
  '2026-03-20T09:00:00.001Z',
  '2026-03-20T09:00:00.999Z',
  '2026-03-20T09:00:01Z',
  '2026-03-20T11:00:00+02:00',
  '2026-10-25T00:59:59Z',
  '2026-10-25T01:00:00Z',
  '1969-12-31T23:59:58.500Z',
  '2026-03-20',
  '1774000000',
  1_774_000_000,
  1_774_000_000.5,
  'tomorrow',
  '',
  null,
  new Date('2026-03-20T09:00:00Z'),
];
const PATTERNS = ['%A, %B %-d', '%s', '%Y-%m-%dT%H:%M:%S.%L%z', '%3N', '%-3N', '%Z', '', null];
const ZONES = [undefined, 'Europe/Berlin', 'America/New_York', -120, 'x'.repeat(3)];

test('a date is printed as without memory, the first time and the second', () => {
  const templates = ZONES.map((zone) =>
    zone === undefined ? '{{ at | date: pattern }}' : '{{ at | date: pattern, zone }}',
  );
  for (const at of INSTANTS) {
    for (const pattern of PATTERNS) {
      for (const [i, zone] of ZONES.entries()) {
        const variables = { at, pattern, zone };
        const expected = outcome(plain, templates[i] ?? '', variables);
        expect(outcome(remembering, templates[i] ?? '', variables)).toBe(expected);
        expect(outcome(remembering, templates[i] ?? '', variables)).toBe(expected);
      }
    }
  }
});

test('now is not remembered', () => {
  const template = '{{ "now" | date: "%s" }}';
  const before = Math.floor(Date.now() / 1000);
  expect(Number(remembering.parseAndRenderSync(template))).toBeGreaterThanOrEqual(before);
});

function outcome(liquid: Liquid, template: string, variables: Record<string, unknown>): string {
  try {
    return liquid.parseAndRenderSync(template, variables);
  } catch (error) {
    return String(error);
  }
}
