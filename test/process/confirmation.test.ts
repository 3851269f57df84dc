import { simpleParser } from 'mailparser';
import { expect, test, vi } from 'vitest';
import { SmtpSink } from '../support/smtp_sink.ts';
import { Installation } from './installation.ts';

// The lease of the process that was killed has to run out first.
const PATIENCE = { timeout: 60_000, interval: 50 };
const EMAIL = 'ada@example.com';

test('a form that was answered is asked about although everything was killed while its mail was under way', async () => {
  const answers: ('silence' | undefined)[] = ['silence'];
  let seen = 0;
  await using sink = await SmtpSink.start({
    onMessage() {
      seen += 1;
      return answers.shift();
    },
  });
  const SMTP_URL = `smtp://127.0.0.1:${sink.port}`;
  const installation = await Installation.make({ EXAMPLES: 'on', SMTP_URL, LANE_LEASE_SECONDS: '2' });
  const server = await installation.start();
  const { out: key } = await installation.run(['api-key', 'create', 'the shop']);
  const headers = { authorization: `Bearer ${key.trim()}`, 'content-type': 'application/json' };
  const sequencesAt = async (path: string) => {
    const answer = await fetch(installation.url + path, { headers });
    return ((await answer.json()) as { sequences: { id: string; sequence_id: string }[] }).sequences;
  };
  const [sequence] = await sequencesAt('/api/sequences?status=active');
  const made = await fetch(`${installation.url}/api/promo-pages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ sequence_id: sequence?.id, slug: 'asking', title: 'Asking', double_opt_in: true }),
  });
  expect(made.status).toBe(201);

  const sent = await fetch(`${installation.url}/p/asking`, {
    method: 'POST',
    body: new URLSearchParams({ email: EMAIL }),
  });
  expect(sent.status).toBe(200);
  await vi.waitUntil(() => seen === 1, PATIENCE);
  server.kill('SIGKILL');
  await server.finished;
  sink.dropConnections();

  await installation.start();
  await vi.waitUntil(() => sink.mails.length === 1, PATIENCE);
  const [mail] = sink.mails;
  expect(mail?.to).toEqual([EMAIL]);
  const { subject, text = '' } = await simpleParser(mail?.raw ?? '');
  expect(subject).toBe('Please confirm: Asking');
  const path = /(\/c\/[\w-]+)/.exec(text)?.[1] ?? '';
  expect((await fetch(installation.url + path, { method: 'POST' })).status).toBe(200);
  await vi.waitUntil(() => sink.mails.length === 2, PATIENCE);
  const summary = await sequencesAt('/api/sequences/analytics/summary');
  const counted = summary.find(({ sequence_id }) => sequence_id === sequence?.id);
  expect(counted).toMatchObject({ trigger_count: 1, suppressed_count: 0 });
  const recount = await installation.run(['recount']);
  expect(recount).toMatchObject({ code: 0, err: expect.stringContaining('agrees') });
}, 180_000);
