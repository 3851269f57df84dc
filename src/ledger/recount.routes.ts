import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { App } from '../http/server.ts';
import { lastRecount } from './recount_runs.ts';

/** What the newest run of recount found. */
export function registerRecount(app: App, { db }: { db: Db }): void {
  app.get('/api/recount', { schema: route }, async () => ({ last_run: (await lastRecount(db)) ?? null }));
}

const route = {
  tags: ['Workspace'],
  summary: 'Whether the counters agree with their rows: the newest run of recount',
  description: 'The server runs one every night, and `sequitur recount` does at once.',
  response: {
    200: z.object({
      last_run: z
        .object({
          id: z.uuid(),
          started_at: z.date(),
          finished_at: z.date(),
          trigger: z.enum(['command', 'nightly', 'request']),
          keys: z.int().meta({ description: 'Counter keys that were compared.' }),
          differing: z.int().meta({ description: 'How many of them were not what their rows say.' }),
          repaired: z.boolean(),
          counters: z.array(z.object({ counter: z.string(), keys: z.int(), differing: z.int() })),
        })
        .nullable()
        .meta({ description: 'Null before the first.' }),
    }),
  },
};
