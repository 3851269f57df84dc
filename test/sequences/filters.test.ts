import { describe, expect, test } from 'vitest';
import { type Filter, matches, type Operator, valueProblem } from '../../src/sequences/filters.ts';

const properties = {
  plan: 'pro',
  seats: 12,
  total: '49.90',
  trial: false,
  note: null,
  tags: ['new', 'eu', 7],
  order: { total: 120, items: [{ sku: 'A-1' }], 'a.b': 1 },
};

type Case = [property: string, operator: Operator, value: Filter['value'], holds: boolean];

const cases: Case[] = [
  ['plan', 'equals', 'pro', true],
  ['plan', 'equals', 'Pro', false],
  ['seats', 'equals', 12, true],
  ['seats', 'equals', '12', true],
  ['total', 'equals', 49.9, false],
  ['trial', 'equals', false, true],
  ['trial', 'equals', 'false', true],
  ['note', 'equals', null, true],
  ['note', 'equals', 'null', false],
  ['missing', 'equals', null, false],
  ['order', 'equals', '[object Object]', false],
  ['plan', 'not_equals', 'free', true],
  ['plan', 'not_equals', 'pro', false],
  ['missing', 'not_equals', 'pro', true],
  ['plan', 'contains', 'r', true],
  ['plan', 'contains', 'x', false],
  ['tags', 'contains', 'eu', true],
  ['tags', 'contains', '7', true],
  ['tags', 'contains', 'e', false],
  ['seats', 'contains', '1', false],
  ['missing', 'contains', 'undefined', false],
  ['seats', 'greater_than', 11, true],
  ['seats', 'greater_than', 12, false],
  ['total', 'greater_than', '49', true],
  ['plan', 'greater_than', 1, false],
  ['missing', 'greater_than', -1, false],
  ['note', 'greater_than', -1, false],
  ['seats', 'less_than', 12.5, true],
  ['seats', 'less_than', 12, false],
  ['missing', 'less_than', 1, false],
  ['plan', 'exists', undefined, true],
  ['trial', 'exists', undefined, true],
  ['note', 'exists', undefined, false],
  ['missing', 'exists', undefined, false],
  ['note', 'not_exists', undefined, true],
  ['plan', 'not_exists', undefined, false],
  ['order.total', 'greater_than', 100, true],
  ['order.items.0.sku', 'equals', 'A-1', true],
  ['order.items.1.sku', 'exists', undefined, false],
  ['plan.length', 'exists', undefined, false],
  ['constructor.name', 'exists', undefined, false],
];

test.each(cases)('%s %s %j: %s', (property, operator, value, holds) => {
  expect(matches([{ property, operator, value }], properties)).toBe(holds);
});

test('all filters must hold, and without any every event matches', () => {
  const pro: Filter = { property: 'plan', operator: 'equals', value: 'pro' };
  const big: Filter = { property: 'seats', operator: 'greater_than', value: 100 };
  expect(matches([pro, big], properties)).toBe(false);
  expect(matches([pro], properties)).toBe(true);
  expect(matches([], {})).toBe(true);
});

describe('a value that does not suit its operator', () => {
  test.each<[Operator, Filter['value'], string | null]>([
    ['equals', 'x', null],
    ['equals', null, null],
    ['equals', undefined, 'is required'],
    ['greater_than', '12.5', null],
    ['greater_than', 'many', 'must be a number with greater_than'],
    ['less_than', null, 'must be a number with less_than'],
    ['contains', '', 'must not be empty with contains'],
    ['exists', undefined, null],
    ['not_exists', true, 'must be left out with not_exists'],
  ])('%s %j: %s', (operator, value, problem) => {
    expect(valueProblem({ property: 'p', operator, value })).toBe(problem);
  });
});
