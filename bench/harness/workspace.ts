import { createApiKey } from '../../src/auth/api_keys.ts';
import { secretFor, signingSecret } from '../../src/auth/signing_secret.ts';
import type { Db, Tx } from '../../src/db/database.ts';
import { countLanes } from '../../src/db/lanes.sql.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { openIntake } from '../../src/enrollment/intake.ts';
import { openLaneQueue } from '../../src/ledger/lane_queue.ts';
import { prepareDatabase } from '../../src/ledger/prepare.ts';
import { SPRING_SALE } from '../../src/sequences/examples/spring_sale.ts';
import { type Change, createSequence, setStatus } from '../../src/sequences/sequences.ts';
import { addStep, type StepContent } from '../../src/sequences/steps.ts';
import type { BenchContext } from './bench.ts';

/** The emails of the benchmarks' sequence: three of a shop, of ordinary length; the first is due at once. */
export const STEPS: StepContent[] = SPRING_SALE.steps;

export const KEY = 'spring-sale';

/** Prepares an empty database and makes one active sequence in it, whose emails are `steps`. Answers its id. */
export async function makeWorkspace(db: Db, steps = STEPS): Promise<string> {
  await prepareDatabase(db, { timeZone: 'Europe/Berlin' });
  return inTransaction(db, (tx) => makeSequence(tx, steps, { by: null, now: new Date() }));
}

/** A new API key's secret. */
export async function makeKey(db: Db): Promise<string> {
  const { secret } = await createApiKey(db, { name: 'bench', createdBy: { kind: 'system', name: 'bench' } });
  return secret;
}

async function makeSequence(tx: Tx, steps: StepContent[], change: Change): Promise<string> {
  const wanted = { key: KEY, name: 'Spring sale', description: '', reentry: 'once' as const };
  const created = await createSequence(tx, { ...wanted, reentry_days: null }, change);
  if (created.outcome !== 'created') throw new Error(`The sequence cannot be made: ${created.outcome}.`);
  const { id } = created.sequence;
  for (const step of steps) {
    const { outcome } = await addStep(tx, id, step, undefined, change);
    if (outcome !== 'added') throw new Error(`A step cannot be added: ${outcome}.`);
  }
  const { outcome } = await setStatus(tx, id, 'active', change);
  if (outcome !== 'changed') throw new Error(`The sequence cannot become active: ${outcome}.`);
  return id;
}

/** What a caller of the API says of the `n`th of all people. */
export function recipient(n: number) {
  const { email: recipient_email, external_user_id: recipient_user_id, name } = person(n);
  return { recipient_email, recipient_user_id, name, context: { campaign: 'spring', position: n } };
}

/** The `n`th of all people, each with an address of their own. */
export function person(n: number): { email: string; name: string; external_user_id: string } {
  const name = `${GIVEN[n % GIVEN.length]} ${FAMILY[Math.floor(n / GIVEN.length) % FAMILY.length]}`;
  return { email: `person-${n}@example.com`, name, external_user_id: `user-${n}` };
}

const GIVEN = ['Ada', 'Grace', 'Katherine', 'Зоя', 'José', 'Mary Ann', 'Noor'] as const;
const FAMILY = ['Lovelace', 'Hopper', 'Johnson', 'Петрова', 'Núñez', "O'Brien", 'Khan'] as const;

const CALL = 1_000;
const CALLS_AT_ONCE = 8;

/** Triggers the sequence for the first `people` people, as calls of 1,000 do. */
export async function enroll(
  { signal, progress }: BenchContext,
  db: Db,
  { sequenceId, people }: { sequenceId: string; people: number },
): Promise<void> {
  progress(`enrolling ${people} people`);
  const [secret, lanes] = await Promise.all([signingSecret(db), countLanes(db)]);
  const onTrouble = (error: unknown) => {
    throw error;
  };
  const queue = openLaneQueue({ db, now: () => new Date(), onTrouble });
  const directory = { lanes, secret: secretFor('addresses', secret) };
  const intake = openIntake({ queue, directory, onCommitted: () => {} });
  for (let first = 0; first < people; first += CALL * CALLS_AT_ONCE) {
    signal.throwIfAborted();
    const last = Math.min(people, first + CALL * CALLS_AT_ONCE);
    const numbers = Array.from({ length: last - first }, (_, i) => first + i);
    await intake.submit(
      numbers.map((n) => ({
        sequence_id: sequenceId,
        person: person(n),
        source: 'api',
        context: { campaign: 'spring', position: n },
        request_key: null,
        trusted: true,
      })),
    );
  }
}
