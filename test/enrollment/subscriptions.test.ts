import { afterEach, expect, test } from 'vitest';
import { listAuditEntries } from '../../src/auth/audit.ts';
import { newId } from '../../src/lib/uuid.ts';
import { withSession } from '../http/bare_server.ts';
import {
  aClock,
  aContact,
  anAddress,
  anIntake,
  aSequence,
  expectCleanRecount,
  trigger,
} from '../support/factories.ts';
import { contactOf, enrollmentsOf, markContact } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const app = await openServer(db, clock);
const intake = anIntake(db, { clock });

afterEach(() => expectCleanRecount(db));

async function send(method: 'GET' | 'POST', url: string) {
  const answer = await app.inject({ method, url: `/api/contacts/${url}`, headers: withSession });
  return { status: answer.statusCode, body: answer.json() };
}

test('an administrator unsubscribes a contact from one sequence, and subscribes them again', async () => {
  const sequence = await aSequence(db, { reentry: 'once_at_a_time', steps: [{ delay_seconds: 60 }] });
  const email = anAddress();
  const { contact_id } = await trigger(intake, sequence, { email });
  const url = `${contact_id}/sequences/${sequence.id}`;
  const left = await send('POST', `${url}/unsubscribe`);
  const unsubscribed_at = clock.now().toISOString();
  expect(left).toEqual({
    status: 200,
    body: { contact_id, sequence_id: sequence.id, unsubscribed_at },
  });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ exit_reason: 'unsubscribed' }]);
  expect(await contactOf(db, email)).toMatchObject({ unsubscribed_at: null });
  expect((await send('GET', `${contact_id}/sequences`)).body).toEqual({
    sequences: [
      {
        sequence_id: sequence.id,
        sequence_name: sequence.name,
        active_enrollments: 0,
        entries: 1,
        last_entered_at: clock.now().toISOString(),
        unsubscribed_at,
      },
    ],
    next_cursor: null,
  });
  expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'unsubscribed' });
  clock.advance({ hours: 1 });
  expect(await send('POST', `${url}/unsubscribe`)).toEqual(left);
  const back = await send('POST', `${contact_id}/sequences/${sequence.key}/resubscribe`);
  expect(back).toMatchObject({ status: 200, body: { unsubscribed_at: null } });
  await send('POST', `${url}/resubscribe`);
  expect(await trigger(intake, sequence, { email })).toMatchObject({ outcome: 'accepted' });
  const entries = (await listAuditEntries(db, undefined, 100)).filter(
    ({ object_id }) => object_id === contact_id,
  );
  expect(entries.map(({ action, detail }) => [action, detail])).toEqual([
    ['contact.resubscribed', { sequence_id: sequence.id }],
    ['contact.unsubscribed', { sequence_id: sequence.id }],
  ]);
});

test('also from a sequence that they never entered', async () => {
  const sequence = await aSequence(db);
  const email = await aContact(db);
  const { id = '' } = (await contactOf(db, email)) ?? {};
  expect((await send('POST', `${id}/sequences/${sequence.id}/unsubscribe`)).status).toBe(200);
  expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'unsubscribed' });
});

test('a contact’s sequences come page by page', async () => {
  const email = anAddress();
  const sequences = [await aSequence(db), await aSequence(db), await aSequence(db)];
  for (const sequence of sequences) await trigger(intake, sequence, { email });
  const { id = '' } = (await contactOf(db, email)) ?? {};
  const first = (await send('GET', `${id}/sequences?limit=2`)).body;
  const second = (await send('GET', `${id}/sequences?limit=2&cursor=${first.next_cursor}`)).body;
  const ids = [...first.sequences, ...second.sequences].map(({ sequence_id }) => sequence_id);
  expect(ids).toEqual(sequences.map((sequence) => sequence.id));
  expect(second.next_cursor).toBeNull();
});

test('a contact or sequence that is not there is a 404, and somebody erased a 409', async () => {
  const sequence = await aSequence(db);
  const email = await aContact(db);
  const { id = '' } = (await contactOf(db, email)) ?? {};
  expect((await send('GET', `${newId()}/sequences`)).status).toBe(404);
  expect((await send('POST', `${newId()}/sequences/${sequence.id}/unsubscribe`)).status).toBe(404);
  expect((await send('POST', `${id}/sequences/no-such-key/unsubscribe`)).status).toBe(404);
  await markContact(db, email, { erased: true });
  expect(await send('POST', `${id}/sequences/${sequence.id}/unsubscribe`)).toMatchObject({
    status: 409,
    body: { type: 'urn:sequitur:problem:erased' },
  });
});
