import { z } from 'zod';
import { type Actor, audit } from '../auth/audit.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { problem } from '../http/errors.ts';
import { principalOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { activeCalendar } from './calendars.ts';
import { beginZoneChange, type ZoneChangeAsked, zoneChange } from './zone_change.ts';

export type TimeZoneDeps = {
  db: Db;
  lanes: number;
  /** Whether the environment sets the zone, so that it cannot be changed here. */
  isFixed: boolean;
  /** Hears, after the commit, that a change was begun. */
  onBegun: () => void;
};

/** The reporting zone: which it is, and how far a change of it has come. */
export function registerTimeZone(app: App, deps: TimeZoneDeps): void {
  app.get('/api/time-zone', { schema: getRoute }, () => stateOf(deps));
  app.put('/api/time-zone', { schema: putRoute }, async (request, reply) => {
    const { time_zone } = request.body;
    if (deps.isFixed) throw fixed();
    const asked = await changeZoneAs(deps.db, principalOf(request), time_zone);
    refuse(asked);
    if (asked.outcome === 'begun') deps.onBegun();
    return reply.code(asked.outcome === 'unchanged' ? 200 : 202).send(await stateOf(deps));
  });
}

/** Begins a change of zone in somebody's name, and notes it in the log of changes. */
export function changeZoneAs(db: Db, actor: Actor, timeZone: string): Promise<ZoneChangeAsked> {
  return inTransaction(db, async (tx) => {
    const asked = await beginZoneChange(tx, timeZone);
    const detail = { time_zone: asked.wanted, before: asked.time_zone };
    if (asked.outcome === 'begun') await audit(tx, actor, 'workspace.time_zone_changed', null, detail);
    return asked;
  });
}

async function stateOf({ db, lanes, isFixed }: TimeZoneDeps) {
  const [{ time_zone }, change] = await Promise.all([activeCalendar(db), zoneChange(db, lanes)]);
  return { time_zone, is_fixed: isFixed, change };
}

function fixed() {
  return problem.conflict(
    'The reporting zone is set by TIME_ZONE in the environment. Change it there and start again, or unset it.',
    'time_zone_fixed',
  );
}

function refuse({ outcome }: ZoneChangeAsked): void {
  if (outcome === 'unknown_zone')
    throw problem.invalid([{ path: 'time_zone', message: 'is not a time zone, such as Europe/Paris' }]);
  if (outcome === 'other_change_under_way')
    throw problem.conflict(
      'Days are being counted anew for another time zone (GET /api/time-zone says which, and how far that is). Try ' +
        'again when that is done.',
      'other_change_under_way',
    );
}

const state = z
  .object({
    time_zone: z.string().meta({ description: 'In which days begin and end, in every answer.' }),
    is_fixed: z.boolean().meta({ description: 'Set by `TIME_ZONE`: it cannot be changed here.' }),
    change: z
      .object({ from: z.string(), to: z.string(), lanes_done: z.int(), lanes: z.int() })
      .nullable()
      .meta({
        description: 'A change under way: answers are in `from` until all lanes are done. Null without one.',
      }),
  })
  .meta({ id: 'TimeZone' });

const getRoute = {
  tags: ['Workspace'],
  summary: 'The reporting time zone, and a change of it under way',
  description: 'While days are counted anew, `change` says in how many of the lanes that is done.',
  response: { 200: state },
};

const putRoute = {
  tags: ['Workspace'],
  summary: 'Change the reporting time zone',
  description:
    'Counts all days anew, in the background. Until that is done answers stay in the zone before, exact as ever.',
  body: z.object({
    time_zone: z
      .string()
      .max(64)
      .meta({ description: 'An IANA name.', examples: ['Europe/Paris'] }),
  }),
  response: {
    200: state.meta({ description: 'It is the zone in force already.' }),
    202: state.meta({ description: 'The change has begun, or had before.' }),
  },
};
