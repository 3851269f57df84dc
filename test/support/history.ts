import type { Db } from '../../src/db/database.ts';
import { inLane, laneOf } from '../../src/db/lanes.ts';
import { type Report, recordReported } from '../../src/ledger/reported.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { derivedId } from '../../src/lib/uuid.ts';

const NAMESPACE = 'b1a7bd3c-8f0e-4f0e-9d3f-0a52a3f1b7aa';

/** The id that a made-up history gives the thing of this name, the same in every run. */
export function idOf(name: string): string {
  return derivedId(NAMESPACE, name);
}

export type Event = {
  contact: number;
  sequence: number;
  source: string;
  at: Date;
  step: number;
  key: string | null;
};

/** An execution as an outside sender would report it, and its lane. */
export function reportOf(
  event: Event,
  sequence_id = idOf(`sequence ${event.sequence}`),
): { lane: number; report: Report } {
  const email = `person${event.contact}@example.com`;
  return {
    lane: laneOf(email, 32),
    report: {
      key: event.key,
      sequence_id,
      step_id: event.step === 0 ? null : idOf(`step ${event.sequence} ${event.step}`),
      revision: event.step === 0 ? null : 1,
      contact_id: idOf(email),
      recipient_email: email,
      recipient_user_id: null,
      context: {},
      source: event.source,
      executed_at: event.at,
      is_dated: true,
      erased_as: null,
    },
  };
}

/** `n` events of a made-up history in March and April 2026, repeatable by `seed`: few contacts, many ties. */
export function someEvents(n: number, seed: number): Event[] {
  let state = seed;
  // A linear congruential generator (Numerical Recipes): plenty for test data.
  const next = (below: number) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: n }, (_, i) => ({
    contact: next(40),
    sequence: 1 + next(3),
    source: ['promo', 'api', 'import'][next(3)] ?? 'promo',
    at: new Date(Date.parse('2026-03-12T00:00:00Z') + next(40 * 48) * 30 * 60 * 1000),
    step: next(3),
    key: `seed ${seed} event ${i}`,
  }));
}

/** Records events as reports, lane by lane; all of them of `sequenceId`, where that is given. */
export async function recordEvents(db: Db, events: Event[], sequenceId?: string): Promise<void> {
  await ensureWeeks(
    db,
    events.map((event) => event.at),
  );
  const lanes = Map.groupBy(
    events.map((event) => reportOf(event, sequenceId)),
    ({ lane }) => lane,
  );
  for (const [lane, reports] of lanes) {
    await inLane(db, lane, (tx) =>
      recordReported(
        tx,
        lane,
        reports.map(({ report }) => report),
      ),
    );
  }
}
