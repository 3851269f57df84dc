import { describe, expect, test } from 'vitest';
import { type Counts, newestOf, withCounts } from './counts.ts';
import type { SequenceSummary, Summary } from './queries.ts';

const totals = { execution_count: 1, trigger_count: 1, suppressed_count: 0, people: 1 };

function aCard(sequence_id: string, execution_count = 0): SequenceSummary {
  const named = { sequence_id, sequence_key: sequence_id, sequence_name: sequence_id, description: '' };
  const counted = { execution_count, trigger_count: 0, suppressed_count: 0, unique_recipients: 0 };
  return { ...named, ...counted, status: 'active', last_executed_at: null, sparkline: [] };
}

function aSummary(sequences: SequenceSummary[], as_of = '2026-03-02T09:00:00.000Z'): Summary {
  return { sequences, totals: { ...totals, execution_count: 0 }, time_zone: 'UTC', as_of };
}

function told(sequences: SequenceSummary[], as_of: string): Counts {
  return { sequences, totals, as_of };
}

describe('counts that the stream tells', () => {
  test('replace the cards that changed, and leave the others the same objects', () => {
    const before = aSummary([aCard('a'), aCard('b')]);
    const after = withCounts(before, told([aCard('b', 7)], '2026-03-02T09:00:01.000Z'));
    expect(after.sequences.map((card) => card.execution_count)).toEqual([0, 7]);
    expect(after.sequences[0]).toBe(before.sequences[0]);
    expect(after).toMatchObject({ totals, as_of: '2026-03-02T09:00:01.000Z', time_zone: 'UTC' });
  });

  test('add a card that was not there', () => {
    const after = withCounts(aSummary([aCard('a')]), told([aCard('new', 1)], '2026-03-02T09:00:01.000Z'));
    expect(after.sequences.map((card) => card.sequence_id)).toEqual(['a', 'new']);
  });

  test('change nothing when they are older than the summary', () => {
    const before = aSummary([aCard('a', 5)]);
    expect(withCounts(before, told([aCard('a', 4)], '2026-03-02T08:59:59.999Z'))).toBe(before);
  });

  test('are kept per sequence, the newest last, for a summary that was asked for before', () => {
    const first = newestOf([], told([aCard('a', 1), aCard('b', 1)], '2026-03-02T09:00:01.000Z'));
    const both = newestOf(first, told([aCard('a', 2)], '2026-03-02T09:00:02.000Z'));
    expect(both.map(({ sequences }) => sequences[0]?.sequence_id)).toEqual(['b', 'a']);
    const late = both.reduce(withCounts, aSummary([aCard('a'), aCard('b')]));
    expect(late.sequences.map((card) => card.execution_count)).toEqual([2, 1]);
  });
});
