import { afterEach, beforeEach, expect, test } from 'vitest';
import { unsubscribeToken } from '../../src/contacts/unsubscribe/token.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { Transport } from '../../src/delivery/send/transport.ts';
import { openServer } from '../enrollment/open_server.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  LINK_SECRET,
  someGoals,
  statusOf,
  type TestWorker,
  trigger,
} from '../support/factories.ts';
import { contactOf, enrollmentsOf, funnelOf, giveLanesBack } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const { db } = await setup();
const clock = aClock();
const intake = anIntake(db, { clock });
let worker: TestWorker | undefined;
const app = await openServer(db, clock, (lane) => worker?.runsEnded([lane]));

beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

/** Everybody of `emails` has an email claimed that waits for a connection, until `goOn` ends the round. */
async function someInLine(emails: string[], sink: SmtpSink, isTold: boolean) {
  const sequence = await aSequence(db);
  await Promise.all(emails.map((email) => trigger(intake, sequence, { email })));
  const line = aLine(smtpTransport(sink.server()), emails.length);
  worker = aWorker(db, { clock, transport: line, isTold: () => isTold });
  const round = worker.runOnce();
  await line.isFull;
  const goOn = () => {
    line.open();
    return round;
  };
  return { sequence, worker, goOn };
}

/** Holds mail back as if no connection were free. */
function aLine(transport: Transport, length: number) {
  const [full, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let waiting = 0;
  return {
    ...transport,
    isFull: full.promise,
    open: opened.resolve,
    async send(...mail: Parameters<Transport['send']>) {
      waiting += 1;
      if (waiting === length) full.resolve();
      await opened.promise;
      return transport.send(...mail);
    },
  };
}

async function unsubscribe(email: string): Promise<void> {
  const { lane = 0, id: contact_id = '' } = (await contactOf(db, email)) ?? {};
  const token = unsubscribeToken(LINK_SECRET, { lane, contact_id, sequence_id: contact_id });
  const answer = await app.inject({ method: 'POST', url: `/u/${token}` });
  expect(answer.statusCode).toBe(200);
}

for (const isTold of [true, false]) {
  test(`whoever unsubscribes while their email waits for a connection does not get it, ${isTold ? 'as the worker is told' : 'though nobody tells the worker'}`, async () => {
    await using sink = await SmtpSink.start();
    const [leaves, sameLane, other] = [anAddress(3), anAddress(3), anAddress(4)];
    const { sequence, worker, goOn } = await someInLine([leaves, sameLane, other], sink, isTold);
    await unsubscribe(leaves);
    await goOn();
    await worker.runDry();
    expect(new Set(sink.mails.flatMap(({ to }) => to))).toEqual(new Set([sameLane, other]));
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 2, 'exited unsubscribed': 1 });
  });
}

test('whoever reaches a goal while their email waits for a connection does not get it', async () => {
  await using sink = await SmtpSink.start();
  const email = anAddress();
  const { sequence, goOn } = await someInLine([email], sink, false);
  await someGoals(db, clock).reach([{ email, sequence_id: sequence.id, request_key: null }]);
  await goOn();
  expect(sink.mails).toEqual([]);
  expect(await funnelOf(db, sequence.id)).toEqual({ 'exited goal': 1 });
});

test('of a sequence that is paused no email goes out that waits for a connection, and none counts as tried', async () => {
  await using sink = await SmtpSink.start();
  const { sequence, worker, goOn } = await someInLine([anAddress(), anAddress()], sink, true);
  await statusOf(db, sequence, 'paused');
  worker.runsEnded(null);
  await goOn();
  await worker.runDry();
  expect(sink.mails).toEqual([]);
  expect(await funnelOf(db, sequence.id)).toEqual({ waiting: 2 });
  for (const run of await enrollmentsOf(db, sequence.id))
    expect(run).toMatchObject({ attempts: 0, claimed_step_id: null });
});
