import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { compose } from '../../src/app.ts';
import { createApiKey } from '../../src/auth/api_keys.ts';
import { readConfig } from '../../src/config.ts';
import { drain } from '../../src/ledger/drain.ts';
import { runRecount } from '../../src/ledger/recount_runs.ts';
import { spoilCounters } from '../ledger/spoil.sql.ts';
import { aSequence } from '../support/factories.ts';
import { recordEvents, someEvents } from '../support/history.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();

type Counts = {
  sequences: { sequence_id: string; execution_count: number; unique_recipients: number }[];
  totals: { execution_count: number };
};

/** The `counts` that a whole Sequitur sends over its stream from now on. */
async function* counts(): AsyncGenerator<Counts> {
  const read = readConfig({ MAIL_FROM: 'Shop <hello@example.com>' }, '/nowhere');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const options = {
    config: read.config,
    publicUrl: 'http://localhost',
    log: pino({ level: 'silent' }),
    sends: true,
  };
  const { app, start, stop } = await compose({ db, connection }, options);
  onTestFinished(stop);
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const { secret } = await createApiKey(db, { name: 'test', createdBy: { kind: 'system', name: 'test' } });
  const answer = await fetch(`${origin}/api/stream`, { headers: { authorization: `Bearer ${secret}` } });
  start();
  if (!answer.body) throw new Error('The stream has no body.');
  let text = '';
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^event: counts\ndata: (.*)$/.exec(event)?.[1];
      if (data) yield JSON.parse(data);
    }
  }
}

test('open pages are sent what a repair has made of the counts', async () => {
  const { id } = await aSequence(db);
  await recordEvents(db, someEvents(60, 3), id);
  await drain(db, 32);
  await spoilCounters(db);
  const sent = counts();
  // The process begins to listen: what it had not heard before is sent too.
  const before = (await sent.next()).value;
  expect(before.totals.execution_count).toBe(67);
  await runRecount(db, new Date(), { trigger: 'command', withRepair: true });
  for await (const { totals, sequences } of sent) {
    if (totals.execution_count === 67) continue;
    expect(totals.execution_count).toBe(60);
    expect(sequences.find(({ sequence_id }) => sequence_id === id)).toMatchObject({ execution_count: 60 });
    break;
  }
});
