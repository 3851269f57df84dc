import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { App } from '../http/server.ts';
import { lastRecount } from './recount_runs.ts';

/** What the newest run of recount found. */
export function registerRecount(app: App, { db }: { db: Db }): void {
  app.get('/api/recount', { schema: route }, async () => ({ last_run: (await lastRecount(db)) ?? null }));
}

const valueSchema = z.union([z.string(), z.number()]);

const differenceSchema = z.object({
  key: z.record(z.string(), valueSchema).meta({ description: 'What is counted: the columns of its key.' }),
  rows: z.record(z.string(), valueSchema.nullable()).meta({ description: 'What its rows say.' }),
  counter: z.record(z.string(), valueSchema.nullable()).meta({ description: 'What the counter says.' }),
});

const route = {
  tags: ['Workspace'],
  summary: 'Whether the counters agree with their rows: the newest run of recount',
  description:
    'The server runs one every night, and `sequitur recount` does at once. What differs is told in the log too, and ' +
    '`sequitur recount --repair` corrects it.',
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
          counters: z.array(
            z.object({
              counter: z.string(),
              keys: z.int(),
              differing: z.int(),
              differences: z
                .array(differenceSchema)
                .meta({ description: 'The first ten that differ, by their keys. Runs of old have none.' }),
            }),
          ),
        })
        .nullable()
        .meta({ description: 'Null before the first.' }),
    }),
  },
};
