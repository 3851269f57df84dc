import type { Db } from '../db/database.ts';
import { type Heard, type Report, readWorkers } from '../delivery/lease.sql.ts';
import type { MailHealth } from '../delivery/mail_health.ts';
import type { Worker } from '../delivery/worker.ts';
import { createLoop, type Loop } from '../lib/loop.ts';

type Here = { mailHealth: Pick<MailHealth, 'trouble'>; worker: Pick<Worker, 'fullSince' | 'backlog'> };
type Trouble = NonNullable<Report['trouble']>;

/** Why mail does not get out of this process; null while it does. */
export function troubleHere({ mailHealth, worker }: Here): Trouble | null {
  const { fullSince } = worker;
  if (fullSince) {
    const reply = `${worker.backlog()} results wait for the database.`;
    return { since: fullSince.toISOString(), outcome: 'results_waiting', reply };
  }
  const { trouble } = mailHealth;
  return trouble && { ...trouble, since: trouble.since.toISOString() };
}

export type MailTroubleOptions = Here & {
  db: Db;
  /** Whether mail leaves from this process. */
  sends: boolean;
  /** When this process began: before, it cannot say that nobody sends. */
  began: Date;
  /** Whether a page is open that wants to hear of changes; nobody is asked otherwise. */
  isWatched: () => boolean;
  /** Hears that the answer of `read` has changed. */
  onChange: () => void;
  onTrouble: (error: unknown) => void;
};

// What changes here is told at once, and elsewhere with a notification; this is the net, and sees those that died.
const LOOK_MS = 5_000;

/** Whether mail gets out: of this process, and of the workers in others. */
export type MailTrouble = Loop & {
  /** The trouble of this process, or else that of another one, or that nobody sends; null while mail gets out. */
  read(): Promise<Trouble | null>;
};

/** Looks every few seconds once it is started. */
export function watchMailTrouble(options: MailTroubleOptions): MailTrouble {
  const { db, isWatched, onChange, onTrouble } = options;
  let known: string | undefined;
  const read = async () => troubleHere(options) ?? troubleElsewhere(await readWorkers(db), options);
  const look = async () => {
    if (!isWatched()) return;
    const before = known;
    known = JSON.stringify(await read());
    if (before !== undefined && before !== known) onChange();
  };
  return { ...createLoop({ everyMs: LOOK_MS, work: look, onTrouble }), read };
}

function troubleElsewhere(
  workers: Heard[],
  { sends, began }: Pick<MailTroubleOptions, 'sends' | 'began'>,
): Trouble | null {
  const there = workers.filter(({ isThere }) => isThere);
  if (there.length > 0 || sends) return there.find(({ report }) => report.trouble)?.report.trouble ?? null;
  const since = (workers[0]?.seen_until ?? began).toISOString();
  return { since, outcome: 'no_worker', reply: 'Start one: npx sequitur worker' };
}
