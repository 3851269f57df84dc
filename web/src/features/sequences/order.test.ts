import { describe, expect, test } from 'vitest';
import { isShown, orderOf } from './order.ts';
import type { SequenceSummary } from './queries.ts';

function aCard(sequence_name: string, some: Partial<SequenceSummary> = {}): SequenceSummary {
  const named = { sequence_id: sequence_name, sequence_key: 'key', sequence_name, description: '' };
  const counted = { execution_count: 0, trigger_count: 0, suppressed_count: 0, unique_recipients: 0 };
  return { ...named, ...counted, status: 'active', last_executed_at: null, sparkline: [], ...some };
}

describe('the order of the cards', () => {
  test('by activity puts what was never active last, by name', () => {
    const cards = [
      aCard('Zebra'),
      aCard('Apple'),
      aCard('Old', { last_executed_at: '2026-01-01T00:00:00.000Z' }),
      aCard('New', { last_executed_at: '2026-03-01T00:00:00.000Z' }),
    ];
    expect(orderOf(cards, 'recent')).toEqual(['New', 'Old', 'Apple', 'Zebra']);
  });

  test('by count is the largest first, equals by name', () => {
    const cards = [
      aCard('b', { trigger_count: 2 }),
      aCard('a', { trigger_count: 2 }),
      aCard('c', { trigger_count: 9 }),
    ];
    expect(orderOf(cards, 'triggered')).toEqual(['c', 'a', 'b']);
  });

  test('by name counts as people do', () => {
    expect(orderOf([aCard('Sale 10'), aCard('sale 9')], 'name')).toEqual(['sale 9', 'Sale 10']);
  });
});

describe('a card is shown', () => {
  const card = aCard('Spring sale', { description: 'Three emails', status: 'paused' });

  test('when every word is somewhere in its name, key or description', () => {
    expect(isShown(card, { q: 'SALE three' })).toBe(true);
    expect(isShown(card, { q: 'sale four' })).toBe(false);
  });

  test('when it has the status asked for', () => {
    expect(isShown(card, { status: 'paused' })).toBe(true);
    expect(isShown(card, { status: 'active' })).toBe(false);
  });
});
