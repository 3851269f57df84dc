import { Counter, Gauge, type Registry } from 'prom-client';
import type { Transport } from './delivery/send/transport.ts';
import type { Worker } from './delivery/worker.ts';
import type { Intake } from './enrollment/intake.ts';

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
    async send(mail) {
      const outcome = await transport.send(mail);
      sends.inc({ kind: outcome.kind, outcome: outcome.outcome });
      return outcome;
    },
  };
}

/** `intake`, with each trigger counted by its outcome and reason. */
export function countTriggers(intake: Intake, registry: Registry): Intake {
  const triggers = new Counter({
    name: 'sequitur_triggers_total',
    help: 'Triggers answered by this process, by outcome and reason',
    labelNames: ['outcome', 'reason'],
    registers: [registry],
  });
  return {
    ...intake,
    async submit(requests) {
      const answers = await intake.submit(requests);
      for (const { outcome, reason, repeated } of answers) if (!repeated) triggers.inc({ outcome, reason });
      return answers;
    },
  };
}

/** What the worker of this process holds at the moment of asking. */
export function gaugeWorker(worker: Pick<Worker, 'backlog' | 'lanes'>, registry: Registry): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('sequitur_settle_backlog', 'Emails claimed or sent whose result is not settled yet', () =>
    worker.backlog(),
  );
  gauge('sequitur_lanes_held', 'Lanes that this process sends for', () => worker.lanes());
}
