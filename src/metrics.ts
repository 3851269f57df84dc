import { Counter, Gauge, type Registry } from 'prom-client';
import type { Limiter } from './delivery/limits/limiter.ts';
import type { Transport } from './delivery/send/transport.ts';
import type { Worker } from './delivery/worker.ts';
import type { TriggerRequest } from './enrollment/accept.ts';
import type { Confirmations } from './enrollment/confirmation/confirmations.ts';
import type { ConfirmationLink } from './enrollment/confirmation/token.ts';
import type { Intake } from './enrollment/intake.ts';
import type { VersionedCache } from './lib/versioned_cache.ts';
import type { PromoPage } from './sequences/promo_pages.ts';

/** `transport`, with each send counted by its outcome. */
export function countSends(transport: Transport, registry: Registry): Transport {
  const sends = new Counter({
    name: 'sequitur_sends_total',
    help: 'Emails handed to the mail server or the Outbox by this process, by outcome',
    labelNames: ['kind', 'outcome'],
    registers: [registry],
  });
  return {
    ...transport,
    async send(mail, mayStillSend) {
      const outcome = await transport.send(mail, mayStillSend);
      if (outcome.outcome !== 'withheld') sends.inc({ kind: outcome.kind, outcome: outcome.outcome });
      return outcome;
    },
  };
}

/** The ways in for triggers, with each trigger counted by its outcome and reason. */
export function countTriggers<Ways extends { intake: Intake; confirmations: Confirmations }>(
  ways: Ways,
  registry: Registry,
): Ways {
  const triggers = new Counter({
    name: 'sequitur_triggers_total',
    help: 'Triggers answered by this process, by outcome and reason',
    labelNames: ['outcome', 'reason'],
    registers: [registry],
  });
  const { intake, confirmations } = ways;
  return {
    ...ways,
    intake: {
      ...intake,
      async submit(requests: TriggerRequest[]) {
        const answers = await intake.submit(requests);
        for (const { outcome, reason, repeated } of answers) if (!repeated) triggers.inc({ outcome, reason });
        return answers;
      },
    },
    confirmations: {
      ...confirmations,
      async confirm(link: ConfirmationLink, page: PromoPage) {
        const answer = await confirmations.confirm(link, page);
        if (answer.outcome !== 'confirmed') return answer;
        const { reason } = answer;
        triggers.inc({ outcome: reason ? 'suppressed' : 'accepted', reason });
        return answer;
      },
    },
  };
}

/** `cache`, with each question counted by what it found. */
export function countFinds(cache: VersionedCache, registry: Registry): VersionedCache {
  const finds = new Counter({
    name: 'sequitur_answer_cache_total',
    help: 'Analytics questions asked of the cache by this process: hit, miss, or away where it could not be asked',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    ...cache,
    async find(names, key) {
      const found = await cache.find(names, key);
      finds.inc({ outcome: found === null ? 'away' : found.value === undefined ? 'miss' : 'hit' });
      return found;
    },
  };
}

/** Whether Redis is used at the moment of asking. */
export function gaugeRedis(cache: { isUp(): boolean }, registry: Registry): void {
  gauge(registry, 'sequitur_redis_up', 'Whether this process uses Redis at the moment: 1 or 0', () =>
    Number(cache.isUp()),
  );
}

/** What the worker of this process holds at the moment of asking. */
export function gaugeWorker(worker: Pick<Worker, 'backlog' | 'lanes'>, registry: Registry): void {
  gauge(registry, 'sequitur_settle_backlog', 'Emails claimed or sent whose result is not settled yet', () =>
    worker.backlog(),
  );
  gauge(registry, 'sequitur_lanes_held', 'Lanes that this process sends for', () => worker.lanes());
}

/** What limits keep back at the moment of asking: of all mail here, by domain in the whole database. */
export function gaugeLimits(
  limiter: Pick<Limiter, 'isTight'>,
  countHeldBack: () => Promise<number>,
  registry: Registry,
): void {
  const overall =
    'Whether the limit of all emails kept this process from sending within the last second: 1 or 0';
  gauge(registry, 'sequitur_overall_limit_reached', overall, () => Number(limiter.isTight));
  const heldBack = 'Emails that wait for the limit of their domain; NaN while the database is away';
  // What cannot be counted must not take the other figures with it.
  gauge(registry, 'sequitur_emails_held_back', heldBack, () => countHeldBack().catch(() => Number.NaN));
}

/** Answers how to say how many counter keys differ from their rows. */
export function gaugeRecount(registry: Registry): (differing: number) => void {
  let newest = 0;
  const help =
    'Counter keys that the newest recount found to differ from their rows and that are not repaired';
  gauge(registry, 'sequitur_recount_differences', help, () => newest);
  return (differing) => {
    newest = differing;
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => number | Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}
