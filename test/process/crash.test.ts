import { expect, test, vi } from 'vitest';
import { Installation } from './installation.ts';

const SEQUENCE = 'spring-sale';
// The lease of the process that was killed has to run out first: fifteen seconds.
const PATIENCE_MS = 90_000;

function post(
  url: string,
  key: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify(body),
  });
}

/** Triggers the sequence for one new person after another until the server is gone; `answered` hears of each 2xx. */
async function pourIn(url: string, key: string, name: string, answered: string[]): Promise<void> {
  for (let n = 0; ; n++) {
    const recipient_email = `${name}-${n}@example.com`;
    const answer = await post(url, key, { recipient_email }).catch(() => undefined);
    if (!answer) return;
    if (answer.status === 202) answered.push(recipient_email);
    await answer.arrayBuffer().catch(() => {});
  }
}

test(
  'kill -9 while triggers pour in loses none that was answered, nor its email, nor a count',
  async () => {
    const installation = await Installation.make({ EXAMPLES: 'on' });
    const server = await installation.start();
    const { out } = await installation.run(['api-key', 'create', 'the shop']);
    const key = out.trim();
    const url = `${installation.url}/api/sequences/${SEQUENCE}/trigger`;

    const recipients = Array.from({ length: 1_000 }, (_, n) => ({
      recipient_email: `batch-${n}@example.com`,
    }));
    const keyed = { 'idempotency-key': 'the import' };
    const answered: string[] = [];
    const pouring = Array.from({ length: 6 }, (_, n) => pourIn(url, key, `visitor-${n}`, answered));
    const moreThan = (n: number) =>
      vi.waitUntil(() => answered.length > n, { timeout: PATIENCE_MS, interval: 1 });
    await moreThan(100);
    const interrupted = post(url, key, { recipients }, keyed).catch(() => undefined);
    await moreThan(answered.length + 10);
    server.kill('SIGKILL');
    expect((await server.finished).code).toBe('SIGKILL');
    await Promise.all(pouring);
    await interrupted;
    const postgres = await installation.postgres();
    expect(postgres).toBeDefined();

    const again = await installation.start();
    expect(await installation.postgres()).toBe(postgres);
    const batch = await post(url, key, { recipients }, keyed);
    expect(batch.status).toBe(202);
    expect(await batch.json()).toMatchObject({ accepted: 1_000, suppressed: 0 });
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
  3 * PATIENCE_MS,
);
