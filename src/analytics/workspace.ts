import type { Db } from '../db/database.ts';
import { type Asked, ask, type Frame } from './frame.ts';
import { triggersByBucket } from './series.sql.ts';
import { totalsOfWorkspace } from './totals.sql.ts';

export type WorkspaceAnswer = {
  total_executions: number;
  /** Distinct people, whatever sequence reached them. */
  unique_recipients: number;
  triggers: number;
  suppressed: number;
};

/** Totals and people reached over all sequences. */
export function workspaceAnalytics(
  db: Db,
  asked: Omit<Asked, 'sequenceId'>,
): Promise<Frame & WorkspaceAnswer> {
  return ask(db, { ...asked, sequenceId: null }, async (question) => {
    const [sent, triggered] = await Promise.all([
      totalsOfWorkspace(question),
      triggersByBucket(question, null, { interval: 'month', sources: [] }),
    ]);
    const months = [...triggered.values()];
    return {
      ...sent,
      triggers: months.reduce((sum, month) => sum + month.triggers, 0),
      suppressed: months.reduce((sum, month) => sum + month.suppressed, 0),
    };
  });
}
