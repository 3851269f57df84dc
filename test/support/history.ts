import { laneOf } from '../../src/db/lanes.ts';
import type { Report } from '../../src/ledger/reported.ts';
import { derivedId } from '../../src/lib/uuid.ts';

const NAMESPACE = 'b1a7bd3c-8f0e-4f0e-9d3f-0a52a3f1b7aa';

/** The id that a made-up history gives the thing of this name, the same in every run. */
export function idOf(name: string): string {
  return derivedId(NAMESPACE, name);
}

export type Event = {
  contact: number;
  sequence: number;
  source: string;
  at: Date;
  step: number;
  key: string | null;
};

/** An execution as an outside sender would report it, and its lane. */
export function reportOf(event: Event): { lane: number; report: Report } {
  const email = `person${event.contact}@example.com`;
  return {
    lane: laneOf(email, 32),
    report: {
      key: event.key,
      sequence_id: idOf(`sequence ${event.sequence}`),
      step_id: event.step === 0 ? null : idOf(`step ${event.sequence} ${event.step}`),
      revision: event.step === 0 ? null : 1,
      contact_id: idOf(email),
      recipient_email: email,
      recipient_user_id: null,
      context: {},
      source: event.source,
      executed_at: event.at,
    },
  };
}
