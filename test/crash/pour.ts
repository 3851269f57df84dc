import { setTimeout as wait } from 'node:timers/promises';
import { between, type Chance } from '../../src/lib/random.ts';
import { insist } from './until.ts';

export type Target = { url: string; apiKey: string; sequenceId: string };

const BATCH = 6;
const ANSWER_MS = 5_000;

/**
 * Triggers the sequence for `people` addresses, a few a call, the calls spread over `pouringMs`. Each is repeated under
 * its Idempotency-Key until it is answered. Resolves with the addresses whose trigger was accepted.
 */
export async function pourIn(
  target: Target,
  { people, pouringMs }: { people: number; pouringMs: number },
  chance: Chance,
): Promise<string[]> {
  const emails = Array.from({ length: people }, (_, n) => `person-${n}@example.com`);
  const calls: Promise<string[]>[] = [];
  for (let n = 0; n < people; n += BATCH) {
    const at = between(chance, 0, pouringMs);
    const some = emails.slice(n, n + BATCH);
    calls.push(wait(at).then(() => insist(() => trigger(target, some, `call ${n}`))));
  }
  return (await Promise.all(calls)).flat();
}

type Answer = { results: { recipient_email: string; outcome: string }[] };

async function trigger({ url, apiKey, sequenceId }: Target, emails: string[], key: string) {
  const answer = await fetch(`${url}/api/sequences/${sequenceId}/trigger`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${apiKey}`,
      'idempotency-key': key,
    },
    body: JSON.stringify({ recipients: emails.map((recipient_email) => ({ recipient_email })) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  const { results } = (await answer.json()) as Answer;
  return results.filter(({ outcome }) => outcome === 'accepted').map((result) => result.recipient_email);
}
