import type { Db, Tx } from '../../src/db/database.ts';
import { inLane, laneOf } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { changeUnusedZone } from '../../src/ledger/calendars.sql.ts';
import { drain } from '../../src/ledger/drain.ts';
import type { Execution, Facts, StepLeft, Trigger } from '../../src/ledger/facts.ts';
import { fold } from '../../src/ledger/fold.ts';
import { record } from '../../src/ledger/record.ts';
import { recordReported } from '../../src/ledger/reported.ts';
import { beginZoneChange, continueZoneChange } from '../../src/ledger/zone_change.ts';
import { derivedId, newId } from '../../src/lib/uuid.ts';
import { idOf, reportOf } from '../support/history.ts';
import type { History, Run, Triggered, Upkeep, Write } from './histories.ts';
import { clearLedger, finishEnrollment, insertWaiting } from './ledger_rows.sql.ts';

export const LANES = 32;

/** The hands at work: two writers, and one that keeps the counters in order. */
export type Hands = { writers: Db[]; keeper: Db };

/** Empties the ledger and has `history` happen in it, everybody at once. `now` decides which days are closed. */
export async function play(hands: Hands, history: History, now: Date): Promise<void> {
  const { keeper } = hands;
  await clearLedger(keeper);
  await inTransaction(keeper, (tx) => changeUnusedZone(tx, history.zone));
  const writing = hands.writers.map(async (db, i) => {
    for (const write of history.writers[i] ?? []) await recordWrite(db, write);
  });
  await Promise.all([...writing, keepUp(keeper, history, now)]);
}

async function keepUp(db: Db, { upkeep, nextZone }: History, now: Date): Promise<void> {
  const work: Record<Upkeep, () => Promise<unknown>> = {
    drain: () => drain(db, LANES),
    fold: () => fold(db, LANES, now),
    zone: async () => {
      await inTransaction(db, (tx) => beginZoneChange(tx, nextZone));
      await continueZoneChange(db);
    },
  };
  for (const what of upkeep) await work[what]();
}

async function recordWrite(db: Db, { reports, triggers, runs }: Write): Promise<void> {
  const lanes = new Set([...reports, ...triggers, ...runs].map(({ contact }) => laneOfContact(contact)));
  for (const lane of lanes) {
    const here = <Said extends { contact: number }>(said: Said[]) =>
      said.filter(({ contact }) => laneOfContact(contact) === lane);
    const entered = here(runs).map((run) => ({ id: newId(), run }));
    await inLane(db, lane, async (tx) => {
      const reported = here(reports).map((event) => reportOf(event).report);
      await recordReported(tx, lane, reported);
      await record(tx, lane, { triggers: here(triggers).map(triggerOf) });
      for (const { id, run } of entered) await enter(tx, lane, id, run);
    });
    await inLane(db, lane, async (tx) => {
      for (const { id, run } of entered) await leave(tx, lane, id, run);
    });
  }
}

function laneOfContact(contact: number): number {
  return laneOf(`person${contact}@example.com`, LANES);
}

function triggerOf({ contact, sequence, source, reason, at }: Triggered): Trigger {
  return {
    id: newId(),
    sequence_id: idOf(`sequence ${sequence}`),
    contact_id: idOf(`person${contact}@example.com`),
    source,
    outcome: reason ? 'suppressed' : 'accepted',
    reason,
    context: {},
    enrollment_id: reason ? null : newId(),
    request_key: null,
    occurred_at: at,
  };
}

async function enter(tx: Tx, lane: number, id: string, run: Run): Promise<void> {
  const waiting = enteredOf(run);
  await record(tx, lane, { entered: [waiting] });
  await insertWaiting(tx, { lane, id, contact_id: idOf(`person${run.contact}@example.com`), ...waiting });
}

async function leave(tx: Tx, lane: number, id: string, run: Run): Promise<void> {
  if (run.end === 'waiting') return;
  for (const facts of endOf(id, run)) await record(tx, lane, facts);
  await finishEnrollment(tx, lane, id, run.at);
}

function enteredOf({ sequence, step, waitedRevision, source, enteredAt }: Run) {
  return {
    sequence_id: idOf(`sequence ${sequence}`),
    step_id: idOf(`step ${sequence} ${step}`),
    revision: waitedRevision,
    source,
    entered_at: enteredAt,
  };
}

/** What is recorded of a run's end, one after the other. */
function endOf(enrollmentId: string, run: Run): Facts[] {
  if (run.end === 'withdrawn') return [{ withdrawn: [enteredOf(run)] }];
  if (run.end === 'sent')
    return [{ left: [leftOf(enrollmentId, run, 'sent')], executions: [sentOf(enrollmentId, run)] }];
  if (run.end !== 'overruled') return [{ left: [leftOf(enrollmentId, run, run.end as StepLeft['outcome'])] }];
  const before = leftOf(enrollmentId, run, 'exited');
  const after = leftOf(enrollmentId, run, 'sent');
  return [{ left: [before] }, { overruled: [{ before, after }], executions: [sentOf(enrollmentId, run)] }];
}

const REASONS = { sent: '', skipped: 'outside_window', failed: 'mailbox_full', exited: 'unsubscribed' };

function leftOf(enrollment_id: string, run: Run, outcome: StepLeft['outcome']): StepLeft {
  return {
    ...enteredOf(run),
    enrollment_id,
    contact_id: idOf(`person${run.contact}@example.com`),
    waited_revision: run.waitedRevision,
    revision: run.revision,
    outcome,
    reason: REASONS[outcome],
    reply: null,
    at: run.at,
  };
}

function sentOf(enrollment_id: string, run: Run): Execution {
  const { sequence_id, step_id, source } = enteredOf(run);
  return {
    id: derivedId(enrollment_id, step_id),
    sequence_id,
    step_id,
    revision: run.revision,
    enrollment_id,
    contact_id: idOf(`person${run.contact}@example.com`),
    recipient_email: `person${run.contact}@example.com`,
    recipient_user_id: null,
    context: {},
    source,
    via: 'captured',
    message_id: null,
    executed_at: run.at,
  };
}
