import { expect, test } from 'vitest';
import { unsent } from './funnel.ts';

test('who waits and what failed is added up over the steps, the most frequent reason first', () => {
  const step = (waiting: number, counts: Record<string, number>) => ({
    waiting,
    failed: Object.values(counts).reduce((sum, n) => sum + n, 0),
    reasons: [
      { outcome: 'exited' as const, reason: 'unsubscribed', count: 9 },
      ...Object.entries(counts).map(([reason, count]) => ({ outcome: 'failed' as const, reason, count })),
    ],
  });
  expect(unsent([step(2, { gave_up: 1, mailbox_unknown: 2 }), step(3, { gave_up: 4 })])).toEqual({
    waiting: 5,
    failed: 7,
    reasons: [
      { reason: 'gave_up', count: 5 },
      { reason: 'mailbox_unknown', count: 2 },
    ],
  });
  expect(unsent([])).toEqual({ waiting: 0, failed: 0, reasons: [] });
});
