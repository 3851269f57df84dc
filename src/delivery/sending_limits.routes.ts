import { z } from 'zod';
import { audit } from '../auth/audit.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { problem } from '../http/errors.ts';
import { administratorOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { countHeldBack, isAnyHeldBack } from './limits/held_back.sql.ts';
import {
  changeLimits,
  type Limits,
  type LimitsChange,
  MOST_DOMAINS,
  MOST_PER_DAY,
  MOST_PER_SECOND,
  readLimits,
} from './limits/limits.ts';
import { isOverallFull } from './limits/slots.sql.ts';

export type SendingLimitsDeps = {
  db: Db;
  /** Hears, after the commit, that limits were changed. */
  onChanged: () => void;
};

/** How much mail may leave, by second and by day. */
export function registerSendingLimits(app: App, { db, onChanged }: SendingLimitsDeps): void {
  const config = { administratorsOnly: true };
  const url = '/api/settings/sending-limits';

  app.get(url, { config, schema: getRoute }, async () => answer(db, await readLimits(db)));

  app.patch(url, { config, schema: patchRoute }, async (request) => {
    const changed = await inTransaction(db, async (tx) => {
      const change = await changeLimits(tx, request.body);
      if (change.outcome === 'changed')
        await audit(tx, administratorOf(request), 'workspace.sending_limits_changed', null, request.body);
      return change;
    });
    if (changed.outcome !== 'changed') throw refused(changed);
    onChanged();
    return answer(db, changed.limits);
  });
}

/** Whether a limit keeps mail back now, or did within the last minute and a half. */
export async function isHeldBack(db: Db): Promise<boolean> {
  return (await isAnyHeldBack(db)) || (await isOverallFull(db));
}

const DOMAINS_SHOWN = 50;
// The log of changes keeps what was asked.
const MOST_AT_ONCE = 100;

async function answer(db: Db, limits: Limits) {
  const [overall, domains] = await Promise.all([isOverallFull(db), countHeldBack(db, DOMAINS_SHOWN)]);
  return { ...limits, held_back: { overall, domains } };
}

function refused(change: Exclude<LimitsChange, { outcome: 'changed' }>) {
  if (change.outcome === 'no_domain')
    return problem.invalid([
      { path: `domains.${change.domain}`, message: 'is no domain, such as example.com' },
    ]);
  return problem.invalid([
    {
      path: 'domains',
      message: `are more than ${MOST_DOMAINS} with limits of their own: remove some with null`,
    },
  ]);
}

const perSecond = z
  .number()
  .min(0.01)
  .max(MOST_PER_SECOND)
  .nullable()
  .meta({ description: 'Emails a second; 0.5 is one every two seconds. Null: no limit.' });
const perDay = z
  .int()
  .min(1)
  .max(MOST_PER_DAY)
  .nullable()
  .meta({ description: 'Emails a reporting day. Null: no limit.' });

const limit = z.object({ per_second: perSecond, per_day: perDay });
const change = z.strictObject({ per_second: perSecond.optional(), per_day: perDay.optional() });

const OVERALL = 'Of all emails together.';
const EACH_DOMAIN = 'Of the emails to each recipient domain that is not named in `domains`.';
const DOMAINS = 'By domain, such as gmail.com: its own limits, both in place of those in `each_domain`.';

const limits = z
  .object({
    overall: limit.meta({ description: OVERALL }),
    each_domain: limit.meta({ description: EACH_DOMAIN }),
    domains: z.record(z.string(), limit).meta({ description: DOMAINS }),
    held_back: z
      .object({
        overall: z
          .boolean()
          .meta({ description: 'Whether the limits of all emails do, or did a moment ago.' }),
        domains: z.array(z.object({ domain: z.string(), emails: z.int() })).meta({
          description: `Emails that wait for their domain’s limits; the most first, at most ${DOMAINS_SHOWN}.`,
        }),
      })
      .meta({ description: 'What the limits keep back at the moment.' }),
  })
  .meta({ id: 'SendingLimits' });

const ABOUT =
  'All processes keep to them together. Emails over a limit wait for their turn and keep none to other domains from ' +
  'leaving. Every attempt counts, whatever the mail server answers. Test emails, and those that ask for the confirmation ' +
  'of an address, do not count, and wait for nothing.';

const getRoute = {
  tags: ['Workspace'],
  summary: 'How much mail may leave, by second and by day',
  description: ABOUT,
  response: { 200: limits },
};

const patchRoute = {
  tags: ['Workspace'],
  summary: 'Change how much mail may leave',
  description: `What the body does not name stays. It takes effect at once, for what waits already too. ${ABOUT}`,
  body: z
    .strictObject({
      overall: change.optional().meta({ description: OVERALL }),
      each_domain: change.optional().meta({ description: EACH_DOMAIN }),
      domains: z
        .record(z.string().max(253), change.nullable())
        .refine((domains) => Object.keys(domains).length <= MOST_AT_ONCE, `must be at most ${MOST_AT_ONCE}`)
        .optional()
        .meta({
          description: `${DOMAINS} Null: none of its own any more. Others stay. At most ${MOST_AT_ONCE} at once.`,
        }),
    })
    .meta({
      example: { overall: { per_second: 50 }, domains: { 'gmail.com': { per_second: 10, per_day: 20_000 } } },
    }),
  response: { 200: limits },
};
