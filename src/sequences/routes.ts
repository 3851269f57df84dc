import type { Db } from '../db/database.ts';
import type { Cursors } from '../http/cursor.ts';
import type { App } from '../http/server.ts';
import { registerEventTriggers } from './event_triggers.routes.ts';
import { registerGoals } from './goals.routes.ts';
import { registerPromoPages } from './promo_pages.routes.ts';
import { registerSequence } from './sequences.routes.ts';
import { registerSteps } from './steps.routes.ts';

export type SequencesDeps = {
  db: Db;
  cursors: Cursors;
  now: () => Date;
  /** Hears, after the commit, of every sequence whose name, rules, status or steps have changed. */
  onChanged: (sequenceId: string) => void;
};

/** Sequences with their steps, promo pages, event triggers and goals. */
export function registerSequences(app: App, deps: SequencesDeps): void {
  registerSequence(app, deps);
  registerSteps(app, deps);
  registerPromoPages(app, deps);
  registerEventTriggers(app, deps);
  registerGoals(app, deps);
}
