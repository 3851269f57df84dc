import { expect, test } from 'vitest';
import { inLane } from '../../src/db/lanes.ts';
import type { StepLeft } from '../../src/ledger/facts.ts';
import { record } from '../../src/ledger/record.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { newId } from '../../src/lib/uuid.ts';
import { finishEnrollment, insertWaiting } from '../invariants/ledger_rows.sql.ts';
import {
  aClock,
  aContact,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  type SequenceWithSteps,
  trigger,
} from '../support/factories.ts';
import { type Event, recordEvents, someEvents } from '../support/history.ts';
import { contactOf, executionsOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openAnalytics } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const { ask, get, text, pagesOf } = await openAnalytics(db, clock);

type Executed = { id: string; recipient_email: string; source: string; executed_at: string };
type Person = { contact_id: string; recipient_email: string; executions: number; sources: string[] };
type Entry = { kind: string; id: string; run: string; at: string };

function urlOf({ key }: SequenceWithSteps): string {
  return `/api/sequences/${key}/analytics`;
}

function linesOf(file: string): number {
  return file.trim().split('\r\n').length - 1;
}

test('executions, recipients and their files have the same people, page by page', async () => {
  const sequence = await aSequence(db, { reentry: 'every_time' });
  const intake = anIntake(db, { clock });
  const worker = aWorker(db, { clock });
  for (const name of ['Ada', 'Bea', 'Cleo', 'Ada', 'Dora']) {
    await trigger(intake, sequence, { email: `${name.toLowerCase()}@example.com`, name });
    await worker.runDry();
    clock.advance({ seconds: 60 });
  }
  const url = urlOf(sequence);
  const sent = await pagesOf<Executed>(`${url}/executions`, 'executions');
  const order = ['dora', 'ada', 'cleo', 'bea', 'ada'].map((name) => `${name}@example.com`);
  expect(sent.map(({ recipient_email }) => recipient_email)).toEqual(order);
  const people = await pagesOf<Person>(`${url}/recipients`, 'recipients');
  expect(people).toMatchObject([
    { recipient_email: 'dora@example.com', executions: 1 },
    { recipient_email: 'ada@example.com', executions: 2, sources: ['api'] },
    { recipient_email: 'cleo@example.com' },
    { recipient_email: 'bea@example.com' },
  ]);
  expect(linesOf(await text(`${url}/executions.csv?time_range=7d`))).toBe(sent.length);
  expect(linesOf(await text(`${url}/recipients.csv`))).toBe(people.length);
  expect(linesOf(await text(`${url}/series.csv?time_range=7d`))).toBe(7);
  const told = await pagesOf<Entry>(`/api/contacts/${people[1]?.contact_id}/timeline`, 'entries');
  expect(told.map(({ kind }) => kind).sort()).toEqual(['sent', 'sent', 'triggered', 'triggered']);
});

test('the newest rows beside the numbers go on in the list, without a row twice or left out', async () => {
  const sequence = await aSequence(db, { name: 'Long list' });
  await recordEvents(db, someEvents(230, 11), sequence.id);
  const url = urlOf(sequence);
  const range = 'from=2026-03-01&to=2026-05-01';
  const detail = await get<{ executions: Executed[]; next_cursor: string }>(`${url}?${range}`);
  const rest = await pagesOf<Executed>(
    `${url}/executions?${range}&cursor=${detail.next_cursor}`,
    'executions',
    {
      limit: 180,
    },
  );
  const ids = [...detail.executions, ...rest].map(({ id }) => id);
  const rows = await executionsOf(db, sequence.id);
  expect(ids).toEqual(rows.map(({ id }) => id).reverse());
});

test('pages of executions stay what they were while rows are added before, between and behind them', async () => {
  const sequence = await aSequence(db, { name: 'Busy list' });
  await recordEvents(db, someEvents(60, 12), sequence.id);
  const before = (await executionsOf(db, sequence.id)).map(({ id }) => id).reverse();
  let round = 100;
  const between = async () => {
    round += 1;
    await recordEvents(db, someEvents(5, round), sequence.id);
  };
  const url = `${urlOf(sequence)}/executions?from=2026-03-01&to=2026-05-01`;
  const read = (await pagesOf<Executed>(url, 'executions', { limit: 7, between })).map(({ id }) => id);
  expect(new Set(read).size).toBe(read.length);
  expect(read.filter((id) => before.includes(id))).toEqual(before);
  const after = (await executionsOf(db, sequence.id)).map(({ id }) => id).reverse();
  expect(after.filter((id) => read.includes(id))).toEqual(read);
});

test('pages of recipients stay what they were while those people are written to again', async () => {
  const sequence = await aSequence(db, { name: 'Everybody again' });
  const mail = (contact: number, minute: number): Event => {
    const at = new Date(clock.now().getTime() + minute * 60_000);
    return { contact, sequence: 1, source: 'api', at, step: 0, key: `${contact} at ${minute}` };
  };
  const people = Array.from({ length: 20 }, (_, contact) => mail(contact, contact - 100));
  await recordEvents(db, people, sequence.id);
  let minute = 0;
  const between = async () => {
    clock.advance({ seconds: 60 });
    minute += 1;
    await recordEvents(
      db,
      [mail(minute, minute), mail(19 - minute, minute), mail(100 + minute, minute)],
      sequence.id,
    );
  };
  const url = `${urlOf(sequence)}/recipients`;
  const read = await pagesOf<Person>(url, 'recipients', { limit: 3, between });
  const order = people.map(({ contact }) => `person${contact}@example.com`).reverse();
  expect(read.map(({ recipient_email }) => recipient_email)).toEqual(order);
  expect(read.map(({ executions }) => executions)).toEqual(order.map(() => 1));
  const everybody = await pagesOf<Person>(url, 'recipients', { limit: 3 });
  expect(everybody).toHaveLength(20 + minute);
});

test('whom a late report lifts above the page that is read is on no further page, nor twice, and on a new list', async () => {
  const sequence = await aSequence(db, { name: 'Late report' });
  const mail = (contact: number, minutesAgo: number): Event => {
    const at = new Date(clock.now().getTime() - minutesAgo * 60_000);
    return { contact, sequence: 1, source: 'api', at, step: 0, key: `${contact}, ${minutesAgo} minutes ago` };
  };
  const six = [0, 1, 2, 3, 4, 5];
  await recordEvents(
    db,
    six.map((contact) => mail(contact, 10 + contact * 10)),
    sequence.id,
  );
  let pages = 0;
  const between = async () => {
    pages += 1;
    // The second page begins after the person of twenty minutes ago.
    if (pages === 1) await recordEvents(db, [mail(4, 15), mail(0, 35)], sequence.id);
  };
  const url = `${urlOf(sequence)}/recipients`;
  const emailsOf = (people: Person[]) => people.map(({ recipient_email }) => recipient_email);
  const emails = (contacts: number[]) => contacts.map((contact) => `person${contact}@example.com`);
  const read = await pagesOf<Person>(url, 'recipients', { limit: 2, between });
  expect(emailsOf(read)).toEqual(emails([0, 1, 2, 3, 5]));
  const anew = await pagesOf<Person>(url, 'recipients');
  expect(emailsOf(anew)).toEqual(emails([0, 4, 1, 2, 3, 5]));
});

test('who was reached a minute from now, by a sender whose clock is ahead, is listed as well as counted', async () => {
  const sequence = await aSequence(db, { name: 'Clock ahead' });
  const at = new Date(clock.now().getTime() + 60_000);
  const ahead = { sequence: 1, source: 'crm', at, step: 0, key: null };
  await recordEvents(
    db,
    [1, 2, 3].map((contact) => ({ ...ahead, contact })),
    sequence.id,
  );
  const url = urlOf(sequence);
  expect(await get(url)).toMatchObject({ unique_recipients: 3 });
  expect(await pagesOf<Person>(`${url}/recipients`, 'recipients')).toHaveLength(3);
  expect(linesOf(await text(`${url}/recipients.csv`))).toBe(3);
});

test('lists, files and numbers agree about any part of the emails', async () => {
  const sequence = await aSequence(db, { name: 'Parts' });
  await recordEvents(db, someEvents(90, 13), sequence.id);
  const url = urlOf(sequence);
  const step = (await executionsOf(db, sequence.id)).find(({ step_id }) => step_id)?.step_id;
  for (const part of [
    '',
    '&source=promo',
    '&source=promo&source=api',
    `&step=${step}`,
    `&step=${step}&source=api`,
  ]) {
    const query = `from=2026-03-20&to=2026-04-09${part}`;
    type Counted = { total_executions: number; unique_recipients: number | null };
    const { total_executions, unique_recipients } = await get<Counted>(`${url}?${query}`);
    const rows = await pagesOf<Executed>(`${url}/executions?${query}`, 'executions', { limit: 9 });
    expect(rows).toHaveLength(total_executions);
    expect(total_executions).toBeGreaterThan(0);
    expect(linesOf(await text(`${url}/executions.csv?${query}`))).toBe(total_executions);
    if (part.includes('step')) continue;
    const people = await pagesOf<Person>(`${url}/recipients?${query}`, 'recipients', { limit: 9 });
    expect(new Set(rows.map(({ recipient_email }) => recipient_email)).size).toBe(people.length);
    expect(linesOf(await text(`${url}/recipients.csv?${query}`))).toBe(people.length);
    if (unique_recipients !== null) expect(people).toHaveLength(unique_recipients);
  }
});

test('a timeline has everything once, also two runs that left the same step at the same moment', async () => {
  const sequence = await aSequence(db, { name: 'Runs' });
  const contact = await contactOf(db, await aContact(db));
  if (!contact) throw new Error('There is no contact.');
  const at = clock.now();
  await ensureWeeks(db, [at]);
  const [step] = sequence.steps;
  const runs = Array.from({ length: 7 }, (): StepLeft => {
    const who = { enrollment_id: newId(), contact_id: contact.id, sequence_id: sequence.id, source: 'api' };
    const what = {
      step_id: step?.id ?? '',
      waited_revision: 1,
      revision: 1,
      entered_at: at,
      at,
      reply: null,
    };
    return { ...who, ...what, outcome: 'exited', reason: 'unsubscribed' };
  });
  const { lane } = contact;
  await inLane(db, lane, async (tx) => {
    await record(tx, lane, { entered: runs, left: runs });
    for (const run of runs) {
      await insertWaiting(tx, { ...run, lane, id: run.enrollment_id });
      await finishEnrollment(tx, lane, run.enrollment_id, at);
    }
  });
  await expectCleanRecount(db);
  const url = `/api/contacts/${contact.id}/timeline`;
  for (const limit of [1, 2, 3]) {
    const entries = await pagesOf<Entry>(url, 'entries', { limit });
    expect(entries.map(({ kind }) => kind)).toEqual(runs.map(() => 'exited'));
    const elsewhere = await pagesOf<Entry>(`${url}?sequence=long-list`, 'entries', { limit });
    expect(elsewhere).toEqual([]);
  }
});

test('a timeline’s pages stay what they were while more happens', async () => {
  const sequence = await aSequence(db, { name: 'Going on', reentry: 'every_time' });
  const intake = anIntake(db, { clock });
  const worker = aWorker(db, { clock });
  const email = await aContact(db);
  const happen = async () => {
    clock.advance({ seconds: 1 });
    await trigger(intake, sequence, { email });
    await worker.runDry();
  };
  for (let i = 0; i < 6; i += 1) await happen();
  const contact = await contactOf(db, email);
  const url = `/api/contacts/${contact?.id}/timeline?sequence=${sequence.key}`;
  const { entries: before } = await get<{ entries: Entry[] }>(url);
  expect(before).toHaveLength(12);
  const read = await pagesOf<Entry>(url, 'entries', { limit: 5, between: happen });
  expect(read.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

test('a page that was asked for when a range by name had another day goes on all the same', async () => {
  const sequence = await aSequence(db, { name: 'Over midnight' });
  const at = clock.now();
  const some = { sequence: 1, source: 'api', step: 0, key: null };
  await recordEvents(
    db,
    [1, 2, 3, 4].map((contact) => ({ ...some, contact, at })),
    sequence.id,
  );
  const url = `${urlOf(sequence)}/executions?time_range=7d`;
  const read = await pagesOf<Executed>(url, 'executions', {
    between: async () => clock.advance({ days: 1 }),
  });
  expect(read).toHaveLength(4);
  expect((await ask(url)).statusCode).toBe(200);
});
