import { type Contact, type Directory, homeLane, resolveContacts } from '../contacts/directory.ts';
import type { Db, Tx } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import type { Composer } from '../delivery/compose.ts';
import { type CapturedMail, insertCaptured } from '../delivery/outbox.sql.ts';
import { formatMailbox } from '../delivery/render/mailbox.ts';
import { writeGuards } from '../enrollment/accept.sql.ts';
import { insertFeedback } from '../feedback/feedback.sql.ts';
import type { Execution } from '../ledger/facts.ts';
import { record } from '../ledger/record.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { seededChance } from '../lib/random.ts';
import { newId } from '../lib/uuid.ts';
import type { Biography } from './calendar.ts';
import { hasContacts, insertEnrollmentsAsTheyStand, writeStanding } from './demo.sql.ts';
import { type History, live, noHistory, type World } from './life.ts';
import type { MadeUpPerson } from './people.ts';

/** What the lanes of a demo are filled with, and by what. */
export type Material = {
  seed: string;
  directory: Directory;
  composer: Composer;
  world: World;
  /** The name of each sequence, by its id. */
  names: Map<string, string>;
  biographies: Biography[];
  person: (index: number) => MadeUpPerson;
};

// 20,000 people on two cores with other work to do: 34 s with one, 22 s with three, 18 s with six.
const LANES_AT_ONCE = 4;

/**
 * Fills every lane with its people's history. A lane is one transaction, so that it is filled or empty, and one
 * that is filled is left alone: after an interruption the same call goes on. `onLane` hears how many are done.
 * False where `signal` ended it early.
 */
export async function fillLanes(
  db: Db,
  material: Material,
  { signal, onLane }: { signal: AbortSignal; onLane: (done: number, of: number) => void },
): Promise<boolean> {
  const { lanes } = material.directory;
  const cast = castByLane(material);
  const queue = Array.from({ length: lanes }, (_, lane) => lane).values();
  let done = 0;
  onLane(done, lanes);
  const hands = Array.from({ length: LANES_AT_ONCE }, async () => {
    for (const lane of queue) {
      if (signal.aborted) return;
      await inLane(db, lane, (tx) => fillLane(tx, lane, material, cast.get(lane) ?? []));
      done += 1;
      onLane(done, lanes);
    }
  });
  await Promise.all(hands);
  return done === lanes;
}

type Character = { person: MadeUpPerson; biography: Biography };

function castByLane({ directory, biographies, person }: Material): Map<number, Character[]> {
  const cast = new Map<number, Character[]>();
  for (const biography of biographies) {
    const character = { person: person(biography.person), biography };
    getOrMake(cast, homeLane(directory, character.person.email), () => []).push(character);
  }
  return cast;
}

async function fillLane(tx: Tx, lane: number, material: Material, cast: Character[]): Promise<void> {
  if (cast.length === 0 || (await hasContacts(tx, lane))) return;
  const { directory, world } = material;
  const people = cast.map(({ person }) => ({ ...person, trusted: true }));
  const resolved = await resolveContacts(tx, directory, lane, people, world.now);
  const contacts = resolved.map((one) => {
    if (!('contact' in one)) throw new Error(`Lane ${lane} of the demo knows people who live elsewhere.`);
    return one.contact;
  });
  const history = livesOf(contacts, cast, material);
  const { enrollments, guards, feedback, ...facts } = history;
  const standing = contacts.map((contact, i) => {
    const { person, biography } = characterAt(cast, i);
    return { ...contact, time_zone: person.time_zone, known_since: biography.known_since };
  });
  await writeStanding(tx, lane, standing);
  await insertEnrollmentsAsTheyStand(tx, lane, enrollments);
  await writeGuards(tx, lane, guards);
  await insertFeedback(tx, lane, feedback);
  await insertCaptured(tx, lane, await mailsOf(history.executions, contacts, material));
  await record(tx, lane, facts);
}

// Each person has a chance of their own: what happens to them depends neither on their lane nor on its order.
function livesOf(contacts: Contact[], cast: Character[], { seed, world }: Material): History {
  const history = noHistory();
  for (const [i, contact] of contacts.entries()) {
    const { person, triggers } = characterAt(cast, i).biography;
    live(contact, triggers, world, seededChance(`${seed} life ${person}`), history);
  }
  return history;
}

function characterAt(cast: Character[], i: number): Character {
  const character = cast[i];
  if (!character) throw new Error('Each contact must be a character of the demo.');
  return character;
}

/** The captured mails of these executions, made as the worker makes them. */
async function mailsOf(
  executions: Execution[],
  contacts: Contact[],
  material: Material,
): Promise<CapturedMail[]> {
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  const kept = executions.filter(({ via }) => via === 'captured');
  return Promise.all(kept.map((execution) => mailOf(execution, byId.get(execution.contact_id), material)));
}

async function mailOf(
  execution: Execution,
  contact: Contact | undefined,
  { composer, names }: Material,
): Promise<CapturedMail> {
  const { sequence_id, step_id, revision, enrollment_id, source, context, executed_at } = execution;
  if (!contact || !step_id || !revision || !enrollment_id)
    throw new Error('An execution of the demo lacks where it came from.');
  const ids = { sequence_id, step_id, revision };
  const sequence_name = names.get(sequence_id) ?? '';
  const addressed = { ...ids, lane: contact.lane, contact, sequence_name, enrollment_id, source, context };
  const composed = await composer.compose(addressed, executed_at);
  if (!composed.ok) throw new Error(`An email of the demo cannot be made: ${composed.problem}`);
  const { from, to, subject, html, text, headers, messageId: message_id } = composed.mail;
  const addresses = { sender: formatMailbox(from), recipient: formatMailbox(to) };
  const content = { ...addresses, subject, html, text, headers, message_id };
  return { ...ids, ...content, id: newId(), kind: 'step', contact_id: contact.id, captured_at: executed_at };
}
