import { afterEach, beforeEach, expect, test } from 'vitest';
import { unsubscribeToken } from '../../src/contacts/unsubscribe/token.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  LINK_SECRET,
  PUBLIC_URL,
  statusOf,
  trigger,
} from '../support/factories.ts';
import {
  capturedOf,
  contactOf,
  countRows,
  enrollmentsOf,
  funnelOf,
  giveLanesBack,
  guardsOf,
  markContact,
  stepsLeftOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const app = await openServer(db, clock);
const intake = anIntake(db, { clock });

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

const ONE_CLICK = 'List-Unsubscribe=One-Click';

/** A contact with the first of a sequence's two emails, whose link leads to `path`. */
async function aReader() {
  const sequence = await aSequence(db, { steps: [{}, { delay_seconds: 86_400 }] });
  const email = anAddress();
  await trigger(intake, sequence, { email });
  const worker = aWorker(db, { clock });
  await worker.runDry();
  const [mail] = await capturedOf(db, sequence.id);
  const link = /^<(.*)>$/.exec(mail?.headers['List-Unsubscribe'] ?? '')?.[1] ?? '';
  return { sequence, email, worker, path: link.replace(PUBLIC_URL, '') };
}

async function visit(path: string) {
  const { statusCode, body } = await app.inject(path);
  return { status: statusCode, page: body };
}

async function post(path: string, payload: string) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { statusCode, body } = await app.inject({ method: 'POST', url: path, headers, payload });
  return { status: statusCode, page: body };
}

test('following the link unsubscribes nobody: it asks', async () => {
  const { path, email, sequence } = await aReader();
  for (const { status, page } of [await visit(path), await visit(path)]) {
    expect(status).toBe(200);
    expect(page).toContain('Unsubscribe from these emails?');
    expect(page).not.toContain(email);
  }
  expect(await contactOf(db, email)).toMatchObject({ unsubscribed_at: null });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([{ status: 'active' }]);
});

test.each([
  ['a mail program’s one click', ONE_CLICK],
  ['the button of the page', 'action=unsubscribe'],
  ['a bare post', ''],
])('%s takes the contact off all mail and ends every run at once', async (_name, form) => {
  const { path, email, sequence, worker } = await aReader();
  const paused = await aSequence(db, { reentry: 'every_time' });
  await trigger(intake, paused, { email });
  await statusOf(db, paused, 'paused');
  await worker.runDry();
  clock.advance({ hours: 1 });
  expect(await post(path, form)).toMatchObject({
    status: 200,
    page: expect.stringContaining('You are unsubscribed'),
  });
  expect(await contactOf(db, email)).toMatchObject({ unsubscribed_at: clock.now() });
  for (const { id } of [sequence, paused]) {
    expect(await enrollmentsOf(db, id)).toMatchObject([
      {
        status: 'exited',
        exit_reason: 'unsubscribed',
        next_step_id: null,
        held_at: null,
        finished_at: clock.now(),
      },
    ]);
    expect(await guardsOf(db, id)).toMatchObject([{ active_enrollments: 0 }]);
  }
  expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, 'exited unsubscribed': 1 });
  clock.advance({ days: 30 });
  await statusOf(db, paused, 'active');
  await worker.runDry();
  expect(await capturedOf(db, sequence.id)).toHaveLength(1);
  expect(await capturedOf(db, paused.id)).toEqual([]);
  expect(await trigger(intake, await aSequence(db), { email })).toMatchObject({ reason: 'unsubscribed' });
});

test('unsubscribing again changes nothing, and the page says that it is done', async () => {
  const { path, email, sequence } = await aReader();
  await post(path, ONE_CLICK);
  const before = await contactOf(db, email);
  clock.advance({ hours: 1 });
  expect((await post(path, ONE_CLICK)).page).toContain('You are unsubscribed');
  expect((await visit(path)).page).toContain('You are unsubscribed');
  expect(await contactOf(db, email)).toEqual(before);
  expect(await stepsLeftOf(db, sequence.id)).toHaveLength(2);
});

test('whoever leaves one sequence gets no more of it, and everything else as before', async () => {
  const { path, email, sequence, worker } = await aReader();
  const other = await aSequence(db, { steps: [{ delay_seconds: 86_400 }] });
  await trigger(intake, other, { email });
  clock.advance({ hours: 1 });
  const answer = await post(path, 'action=unsubscribe_sequence');
  expect(answer).toMatchObject({ status: 200, page: expect.stringContaining('from this series') });
  expect(await contactOf(db, email)).toMatchObject({ unsubscribed_at: null });
  expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
    { status: 'exited', exit_reason: 'unsubscribed' },
  ]);
  expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, 'exited unsubscribed': 1 });
  expect((await visit(path)).page).toContain('You are unsubscribed from this series');
  expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'unsubscribed' });
  clock.advance({ days: 2 });
  await worker.runDry();
  expect(await capturedOf(db, sequence.id)).toHaveLength(1);
  expect(await capturedOf(db, other.id)).toHaveLength(1);
});

test('whoever left one sequence can leave everything, and come back to both by the same link', async () => {
  const { path, email, sequence } = await aReader();
  await post(path, 'action=unsubscribe_sequence');
  expect((await post(path, 'action=unsubscribe')).page).toContain('No more emails from us');
  expect((await post(path, 'action=unsubscribe_sequence')).page).toContain('No more emails from us');
  expect((await post(path, 'action=resubscribe')).page).toContain('Welcome back');
  expect((await visit(path)).page).toContain('Unsubscribe from these emails?');
  expect(await contactOf(db, email)).toMatchObject({ unsubscribed_at: null });
  expect(await trigger(intake, sequence, { email })).toMatchObject({ reason: 'once_only' });
});

test('coming back by the link of one sequence leaves another that was left alone', async () => {
  const { path, email, sequence } = await aReader();
  const { lane = 0, id: contact_id = '' } = (await contactOf(db, email)) ?? {};
  const other = await aSequence(db);
  const token = unsubscribeToken(LINK_SECRET, { lane, contact_id, sequence_id: other.id });
  // Not entered so far: there is no guard row yet.
  await post(`/u/${token}`, 'action=unsubscribe_sequence');
  expect(await trigger(intake, other, { email })).toMatchObject({ reason: 'unsubscribed' });
  await post(path, ONE_CLICK);
  await post(path, 'action=resubscribe');
  expect(await trigger(intake, other, { email })).toMatchObject({ reason: 'unsubscribed' });
  expect(await guardsOf(db, other.id)).toEqual([{ active_enrollments: 0, entries: 0 }]);
  expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 1 }]);
  await post(`/u/${token}`, 'action=resubscribe');
  expect(await trigger(intake, other, { email })).toMatchObject({ outcome: 'accepted' });
});

test('two clicks at the same moment end a run once', async () => {
  const { path, sequence } = await aReader();
  const answers = await Promise.all([post(path, ONE_CLICK), post(path, ONE_CLICK), post(path, ONE_CLICK)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 1 }]);
});

test('whoever subscribes again may enter again; what has ended stays ended', async () => {
  const { path, email, sequence, worker } = await aReader();
  await post(path, ONE_CLICK);
  expect((await post(path, 'action=resubscribe')).page).toContain('Welcome back');
  expect(await contactOf(db, email)).toMatchObject({ unsubscribed_at: null });
  expect((await visit(path)).page).toContain('Unsubscribe from these emails?');
  clock.advance({ days: 30 });
  await worker.runDry();
  expect(await capturedOf(db, sequence.id)).toHaveLength(1);
  expect(await trigger(intake, await aSequence(db), { email })).toMatchObject({ outcome: 'accepted' });
});

test('a link that we did not sign, or of somebody who was erased, is a 404 and changes nothing', async () => {
  const { path, email, sequence } = await aReader();
  const { lane = 0, id: contact_id = '' } = (await contactOf(db, email)) ?? {};
  const foreign = unsubscribeToken(Buffer.alloc(32, 1), { lane, contact_id, sequence_id: sequence.id });
  const flipped = path.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'));
  const forged = [`/u/${foreign}`, flipped, path.slice(0, -3), '/u/nothing', `${path}AAAA`];
  const before = await countRows(db);
  for (const link of forged) {
    expect(await visit(link)).toMatchObject({
      status: 404,
      page: expect.stringContaining('This link does not work'),
    });
    expect(await post(link, ONE_CLICK)).toMatchObject({ status: 404 });
  }
  expect(await contactOf(db, email)).toMatchObject({ unsubscribed_at: null });
  await markContact(db, email, { erased: true });
  expect(await visit(path)).toMatchObject({ status: 404 });
  expect(await post(path, ONE_CLICK)).toMatchObject({ status: 404 });
  expect(await countRows(db)).toEqual(before);
});

test.each([
  [
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
  ],
  ['text/plain', 'List-Unsubscribe=One-Click'],
  ['application/json', 'List-Unsubscribe=One-Click'],
])('one click counts whatever kind of form it comes as: %s', async (type, payload) => {
  const { path, email } = await aReader();
  const answer = await app.inject({ method: 'POST', url: path, headers: { 'content-type': type }, payload });
  expect(answer.statusCode).toBe(200);
  expect((await contactOf(db, email))?.unsubscribed_at).toBeInstanceOf(Date);
});
