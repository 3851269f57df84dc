import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Installation } from './installation.ts';

const SEQUENCE = 'spring-sale';
// The lease of the process that was killed has to run out first: fifteen seconds.
const PATIENCE_MS = 90_000;

async function post(url: string, key: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Triggers the sequence for one new person after another until the server is gone; answers who was answered 2xx. */
async function pourIn(url: string, key: string, name: string): Promise<string[]> {
  const answered: string[] = [];
  for (let n = 0; ; n++) {
    const recipient_email = `${name}-${n}@example.com`;
    const answer = await post(url, key, { recipient_email }).catch(() => undefined);
    if (!answer) return answered;
    if (answer.status === 202) answered.push(recipient_email);
  }
}

test(
  'kill -9 while triggers pour in: every trigger that was answered is there afterwards, its email is sent, and the counts agree',
  async () => {
    const installation = await Installation.make({ EXAMPLES: 'on' });
    const { out } = await installation.run(['api-key', 'create', 'the shop']);
    const key = out.trim();
    const server = await installation.start();
    const url = `${installation.url}/api/sequences/${SEQUENCE}/trigger`;

    const recipients = Array.from({ length: 1_000 }, (_, n) => ({
      recipient_email: `batch-${n}@example.com`,
    }));
    const keyed = { 'idempotency-key': 'the import' };
    const pouring = Array.from({ length: 6 }, (_, n) => pourIn(url, key, `visitor-${n}`));
    await wait(500);
    const interrupted = post(url, key, { recipients }, keyed).catch(() => undefined);
    await wait(60);
    server.kill('SIGKILL');
    expect((await server.finished).code).toBeNull();
    const answered = (await Promise.all(pouring)).flat();
    expect(answered.length).toBeGreaterThan(0);
    await interrupted;
    const postgres = await installation.postgres();
    expect(postgres).toBeDefined();

    const again = await installation.start();
    expect(await installation.postgres()).toBe(postgres);
    const batch = await post(url, key, { recipients }, keyed);
    expect(batch).toMatchObject({ status: 202, body: { accepted: 1_000, suppressed: 0 } });
    const everybody = new Set([...answered, ...recipients.map(({ recipient_email }) => recipient_email)]);

    const summary = async () => {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(`${installation.url}/api/sequences/analytics/summary`, { headers });
      const { sequences } = (await answer.json()) as { sequences: Record<string, number | string>[] };
      const { trigger_count, execution_count, unique_recipients } =
        sequences.find(({ sequence_name }) => sequence_name === 'Spring sale') ?? {};
      return { trigger_count, execution_count, unique_recipients };
    };
    // The first of the sequence's emails is due at once, the others in days.
    await expect
      .poll(
        async () => {
          const { trigger_count, execution_count } = await summary();
          return execution_count === trigger_count;
        },
        { timeout: PATIENCE_MS, interval: 200 },
      )
      .toBe(true);

    const captured = await installation.run(['sql', '--json', 'SELECT recipient FROM captured_mails']);
    const mailed = captured.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).recipient as string);
    expect(new Set(mailed).size).toBe(mailed.length);
    expect([...everybody].filter((email) => !mailed.includes(email))).toEqual([]);
    expect(await summary()).toEqual({
      trigger_count: mailed.length,
      execution_count: mailed.length,
      unique_recipients: mailed.length,
    });
    const recount = await installation.run(['recount']);
    expect(recount).toMatchObject({ code: 0, err: expect.stringContaining('agrees') });
    again.kill('SIGTERM');
    expect((await again.finished).code).toBe(0);
    expect(await installation.postgres()).toBeUndefined();
  },
  2 * PATIENCE_MS,
);
