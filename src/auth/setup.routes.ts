import { z } from 'zod';
import type { Db, Tx } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { type Problem, problem } from '../http/errors.ts';
import type { App } from '../http/server.ts';
import { hasAdministrator, newAdministratorSchema } from './administrators.ts';
import { audit } from './audit.ts';
import { browserOf, setCookies, userSchema } from './browser.routes.ts';
import type { Sessions } from './sessions.ts';
import { checkSetupToken, completeSetup, type TokenState } from './setup.ts';

/**
 * How the reporting zone is proposed and settled at setup; the app passes what the ledger does. `confirm`
 * answers with the zone in force afterwards, and `unknown_zone` for a name that PostgreSQL does not know.
 */
export type SetupZone = {
  suggested(db: Db): Promise<string>;
  confirm(tx: Tx, timeZone: string): Promise<{ outcome: string; time_zone: string }>;
  /** Hears, after the commit, that the zone may have changed. */
  onConfirmed(): void;
};

export type SetupDeps = { db: Db; sessions: Sessions; zone: SetupZone; now: () => Date };

/** The first administrator's way in, by the link that is printed at start. */
export function registerSetup(app: App, { db, sessions, zone, now }: SetupDeps): void {
  app.get('/api/setup', { config: { public: true }, schema: setupState }, async ({ query: { token } }) => {
    const needed = !(await hasAdministrator(db));
    const time_zone = await zone.suggested(db);
    return token
      ? { needed, time_zone, link: await checkSetupToken(db, token, now()) }
      : { needed, time_zone };
  });

  const limited = { public: true, rateLimit: { max: 20, timeWindow: 60_000 } };
  app.post('/api/setup', { config: limited, schema: setup }, async (request, reply) => {
    const { token, time_zone: wanted, ...fields } = request.body;
    // The zone is settled before the administrator is made: a wrong one leaves the link good for another try.
    const state = await checkSetupToken(db, token, now());
    if (state !== 'valid') throw refusals[state]();
    const time_zone = wanted ? await settleZone(db, zone, wanted) : await zone.suggested(db);
    const done = await completeSetup(db, token, fields, now());
    if (done.outcome !== 'set_up') throw refusals[done.outcome]();
    const answer = await sessions.signIn(fields, browserOf(request));
    if (answer.outcome === 'refused') throw new Error('The administrator just made cannot sign in');
    setCookies(reply, answer);
    return reply.code(201).send({ user: answer.administrator, time_zone });
  });
}

const SETUP = { kind: 'system', name: 'setup' } as const;

async function settleZone(db: Db, zone: SetupZone, wanted: string): Promise<string> {
  const { outcome, time_zone } = await inTransaction(db, async (tx) => {
    const before = await zone.suggested(tx);
    const settled = await zone.confirm(tx, wanted);
    if (settled.time_zone === wanted)
      await audit(tx, SETUP, 'workspace.time_zone_chosen', null, { time_zone: wanted, before });
    return settled;
  });
  if (outcome === 'unknown_zone')
    throw problem.invalid([{ path: 'time_zone', message: 'is not a time zone, such as Europe/Paris' }]);
  zone.onConfirmed();
  return time_zone;
}

const refusals: Record<Exclude<TokenState, 'valid'>, () => Problem> = {
  unknown: () =>
    problem.forbidden(
      'This setup link does not work. Sequitur prints a new one each time it starts: use the newest.',
      'setup_link_unknown',
    ),
  expired: () =>
    problem.gone(
      'This setup link has expired. Start Sequitur again: it prints a new one.',
      'setup_link_expired',
    ),
  already_set_up: () =>
    problem.conflict(
      'This workspace has its first administrator already. Sign in instead.',
      'already_set_up',
    ),
};

const setupState = {
  tags: ['Setup'],
  summary: 'Whether the first administrator is still missing',
  description: '`time_zone` is the reporting zone in force, to be confirmed at setup.',
  querystring: z.object({
    token: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Of a setup link, to learn whether it works.' }),
  }),
  response: {
    200: z.object({
      needed: z.boolean(),
      time_zone: z.string(),
      link: z
        .enum(['valid', 'unknown', 'expired', 'already_set_up'])
        .optional()
        .meta({ description: 'What the token is worth; left out where none was given.' }),
    }),
  },
};

const setup = {
  tags: ['Setup'],
  summary: 'Make the first administrator',
  description: 'Takes the token of the link that is printed at start. Signs in: sets the session cookie.',
  body: newAdministratorSchema
    .extend({
      token: z.string().min(1).max(200),
      time_zone: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .meta({ description: 'The zone whose calendar days are counted, by its IANA name.' }),
    })
    .meta({
      example: {
        token: 'the end of the printed link',
        name: 'Ada',
        email: 'ada@example.com',
        password: 'a long enough phrase',
        time_zone: 'Europe/Berlin',
      },
    }),
  response: { 201: z.object({ user: userSchema, time_zone: z.string() }) },
};
