import type { Db } from '../db/database.ts';
import type { Cursors } from '../http/cursor.ts';
import { problem } from '../http/errors.ts';
import type { App } from '../http/server.ts';
import { registerBreakdowns } from './breakdown.routes.ts';
import type { Answers } from './cache.ts';
import { registerCsv } from './csv.routes.ts';
import { registerLists } from './lists.routes.ts';
import { registerSequenceAnalytics } from './sequence.routes.ts';
import { registerSummary } from './summary.routes.ts';
import type { Today } from './today.ts';

export type AnalyticsDeps = {
  db: Db;
  cursors: Cursors;
  now: () => Date;
  answers: Answers;
  /** The present reporting day. */
  today: () => Promise<Today>;
  /** The sequence of this id or key; undefined where there is none. */
  findSequence: (idOrKey: string) => Promise<NamedSequence | undefined>;
  /** The contact of this id; undefined where there is none. */
  findContact: (id: string) => Promise<{ id: string; lane: number } | undefined>;
};

export type NamedSequence = { id: string; key: string; name: string };

/** What a route of one sequence's analytics is given. */
export type SequenceDeps = Omit<AnalyticsDeps, 'findSequence'> & {
  /** The sequence of this id or key. Throws a 404 problem where there is none. */
  sequenceOf: (idOrKey: string) => Promise<NamedSequence>;
};

/** The numbers: everything at a glance, one sequence over a range, and the rows behind them. */
export function registerAnalytics(app: App, { findSequence, ...deps }: AnalyticsDeps): void {
  const sequenceOf = async (idOrKey: string) => {
    const sequence = await findSequence(idOrKey);
    if (!sequence) throw problem.notFound('sequence', idOrKey);
    return sequence;
  };
  registerSummary(app, deps);
  registerSequenceAnalytics(app, { ...deps, sequenceOf });
  registerBreakdowns(app, { ...deps, sequenceOf });
  registerLists(app, { ...deps, sequenceOf });
  registerCsv(app, { ...deps, sequenceOf });
}
