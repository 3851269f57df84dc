import { afterEach, beforeEach, expect, test } from 'vitest';
import { suppressContacts } from '../../src/contacts/suppression.sql.ts';
import { inLane } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { registerOutbox } from '../../src/delivery/outbox.routes.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { Transport } from '../../src/delivery/send/transport.ts';
import { countWaiting } from '../../src/delivery/waiting.sql.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { removePromoPage } from '../../src/sequences/promo_pages.ts';
import { aPage } from '../enrollment/consent.ts';
import { bareServer, withKey } from '../http/bare_server.ts';
import {
  aClock,
  aContact,
  aGate,
  anAddress,
  aSequence,
  aWorker,
  expectCleanRecount,
  someConfirmations,
} from '../support/factories.ts';
import {
  capturedOf,
  confirmationsOf,
  contactOf,
  executionsOf,
  feedbackOf,
  giveLanesBack,
  lapseLeases,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const { db } = await setup();

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

/** Somebody whose confirmation mail is due. */
async function someoneAsked(email = anAddress()) {
  const clock = aClock();
  const sequence = await aSequence(db);
  const page = await aPage(db, sequence);
  expect(await someConfirmations(db, clock).ask({ page, email, name: null })).toBe('asked');
  return { clock, sequence, page, email };
}

test('a mail that the server puts off is tried again later, under the same Message-ID', async () => {
  const { clock, page, email, sequence } = await someoneAsked();
  const refusals = [{ code: 451, words: '4.7.1 Come again' }, undefined];
  await using sink = await SmtpSink.start({ onMessage: () => refusals.shift() });
  const seen: string[] = [];
  const worker = aWorker(db, { clock, transport: listening(smtpTransport(sink.server()), seen) });
  await worker.runDry();
  const [put] = await confirmationsOf(db, page.id);
  expect(put).toMatchObject({ attempts: 1, claimed_until: null, sent_at: null });
  expect(put?.due_at).toEqual(new Date(clock.now().getTime() + 60_000));
  expect(put?.last_error).toContain('Come again');
  expect(await countWaiting(db)).toBe(1);
  clock.advance({ seconds: 60 });
  await worker.runDry();
  expect(sink.mails.map(({ to }) => to)).toEqual([[email]]);
  expect(seen).toHaveLength(2);
  expect(new Set(seen).size).toBe(1);
  expect(await confirmationsOf(db, page.id)).toMatchObject([
    { attempts: 2, due_at: null, sent_at: clock.now(), last_error: null },
  ]);
  expect(await executionsOf(db, sequence.id)).toEqual([]);
  clock.advance({ days: 1 });
  await worker.runDry();
  expect(sink.mails).toHaveLength(1);
});

test('one that waits for the mail server goes out soon when that is well again', async () => {
  const { clock, page, email } = await someoneAsked();
  let refusal: { code: number; words: string } | undefined = { code: 553, words: '5.7.1 Not your address' };
  let spell: number | null = null;
  await using sink = await SmtpSink.start({ onSender: () => refusal });
  const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()), spell: () => spell });
  for (let tries = 0; tries < 4; tries++) {
    clock.advance({ hours: 12 });
    await worker.runDry();
  }
  expect(await confirmationsOf(db, page.id)).toMatchObject([{ attempts: 4, sent_at: null }]);
  refusal = undefined;
  spell = 1;
  await worker.runDry();
  expect(sink.mails.map(({ to }) => to)).toEqual([[email]]);
});

test('one that is refused for good is not tried again, and an address that does not exist gets no more mail', async () => {
  const email = await aContact(db);
  const { clock, page } = await someoneAsked(email);
  await using sink = await SmtpSink.start({ onRecipient: () => ({ code: 550, words: '5.1.1 Nobody here' }) });
  await aWorker(db, { clock, transport: smtpTransport(sink.server()) }).runDry();
  expect(await confirmationsOf(db, page.id)).toMatchObject([{ due_at: null, sent_at: null, attempts: 1 }]);
  const contact = await contactOf(db, email);
  expect(contact).toMatchObject({ suppressed_reason: 'bounced' });
  expect(await feedbackOf(db, contact?.id ?? '')).toMatchObject([
    { type: 'bounce', kind: 'hard', via: 'smtp', sequence_id: null, reply: '550 5.1.1 Nobody here' },
  ]);
});

test('after ten tries it is given up', async () => {
  const { clock, page } = await someoneAsked();
  await using sink = await SmtpSink.start({ onMessage: () => ({ code: 451, words: '4.3.0 Later' }) });
  const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
  for (let n = 0; n < 12; n++) {
    await worker.runDry();
    clock.advance({ hours: 12 });
  }
  expect(await confirmationsOf(db, page.id)).toMatchObject([{ due_at: null, sent_at: null, attempts: 10 }]);
});

test('whoever complains while it waits for its next try does not get it', async () => {
  const email = await aContact(db);
  const { clock, page } = await someoneAsked(email);
  const refusals = [{ code: 451, words: '4.7.1 Come again' }, undefined];
  await using sink = await SmtpSink.start({ onMessage: () => refusals.shift() });
  const worker = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
  await worker.runDry();
  const { lane = 0, id: contact_id = '' } = (await contactOf(db, email)) ?? {};
  await inLane(db, lane, (tx) => suppressContacts(tx, lane, [{ contact_id, at: clock.now() }], 'complained'));
  clock.advance({ hours: 12 });
  await worker.runDry();
  expect(sink.mails).toEqual([]);
  const last_error = 'suppressed: The contact gets no mail any more.';
  expect(await confirmationsOf(db, page.id)).toMatchObject([{ due_at: null, sent_at: null, last_error }]);
});

test('a mail whose page was removed is not sent', async () => {
  const { clock, page, sequence } = await someoneAsked();
  await inTransaction(db, (tx) => removePromoPage(tx, page.id, { by: 'Ada', now: clock.now() }));
  await aWorker(db, { clock }).runDry();
  expect(await capturedOf(db, sequence.id)).toEqual([]);
  expect(await confirmationsOf(db, page.id)).toMatchObject([{ due_at: null, sent_at: null }]);
});

test('what a worker had claimed that is not heard of any more is sent by the one that takes its lanes over', async () => {
  const { clock, page, email } = await someoneAsked();
  await using sink = await SmtpSink.start();
  const gate = aGate(smtpTransport(sink.server()));
  const dead = aWorker(db, { clock, transport: gate });
  const round = dead.runOnce();
  await gate.reached(1);
  expect((await confirmationsOf(db, page.id))[0]?.claimed_until).toBeInstanceOf(Date);
  await lapseLeases(db);
  await giveLanesBack(db);
  const other = aWorker(db, { clock, transport: smtpTransport(sink.server()) });
  await other.runDry();
  expect(sink.mails.map(({ to }) => to)).toEqual([[email]]);
  expect(await confirmationsOf(db, page.id)).toMatchObject([{ sent_at: clock.now(), attempts: 2 }]);
  gate.open();
  await round;
  expect(await confirmationsOf(db, page.id)).toMatchObject([{ sent_at: clock.now(), attempts: 2 }]);
});

test('a captured mail is in the Outbox once, as a confirmation, with whom it is for', async () => {
  const { clock, page, sequence, email } = await someoneAsked();
  const worker = aWorker(db, { clock });
  await worker.runDry();
  await worker.runDry();
  expect(await capturedOf(db, sequence.id)).toMatchObject([{ recipient: email, kind: 'confirmation' }]);
  expect(await confirmationsOf(db, page.id)).toMatchObject([{ sent_at: clock.now(), due_at: null }]);
  const app = await bareServer();
  registerOutbox(app, { db, cursors: createCursors(Buffer.alloc(32, 7)) });
  const read = async (url: string) => (await app.inject({ url, headers: withKey })).json();
  const { mails } = await read('/api/outbox');
  const entry = mails.find(({ recipient }: { recipient: string }) => recipient === email);
  const none = { step_id: null, revision: null, contact_id: null };
  expect(await read(`/api/outbox/${entry.id}`)).toMatchObject({ kind: 'confirmation', ...none });
});

/** `transport`, noting the Message-ID of each mail that it is given. */
function listening(transport: Transport, ids: string[]): Transport {
  return {
    ...transport,
    send(mail) {
      ids.push(mail.messageId);
      return transport.send(mail);
    },
  };
}
