import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Bench, BenchContext } from './harness/bench.ts';
import { percentile } from './harness/measure.ts';
import { startServer } from './harness/postgres.ts';
import { shown } from './harness/print.ts';
import { type Program, startProgram } from './harness/program.ts';
import { startOwnSink, type WatchedSink } from './harness/sink.ts';
import { KEY, makeKey, makeWorkspace, recipient } from './harness/workspace.ts';

const A_SECOND = 200;
const FULL = { seconds: 30, warmUp: 10 };
const QUICK = { seconds: 10, warmUp: 5 };
const PATIENCE_MS = 30_000;

export const bench: Bench = {
  question: `How long is it from a trigger to its email, at ${A_SECOND} triggers a second?`,
  run,
};

async function run(context: BenchContext): Promise<Answer> {
  const { seconds, warmUp } = context.quick ? QUICK : FULL;
  const server = await startServer(context);
  const sink = await startOwnSink(context);
  const database = await server.makeDatabase();
  const db = database.open(1);
  await makeWorkspace(db);
  const secret = await makeKey(db);
  await db.destroy();
  const program = await startProgram(context, {
    DATABASE_URL: database.url,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'Juniper Coffee <hello@example.com>',
  });
  const measured: Trip[] = [];
  let people = 0;
  // A server that has been up for a while: its code is compiled.
  for (const length of [warmUp, seconds]) {
    context.progress(`${length} seconds`);
    const trips = await triggerFor(context, {
      program,
      sink,
      secret,
      first: people,
      count: length * A_SECOND,
    });
    people += trips.length;
    if (length === seconds) measured.push(...trips);
  }
  await program.stop();
  return answer(measured, server.facts);
}

/** Milliseconds from before a call until its answer, and until the mail server had the email. */
type Trip = { answered: number; mailed: number };

type Traffic = { program: Program; sink: WatchedSink; secret: string; first: number; count: number };

/** Triggers one person after the other, each at its time, whether those before were answered or not. */
async function triggerFor(
  { signal }: BenchContext,
  { program, sink, secret, first, count }: Traffic,
): Promise<Trip[]> {
  const url = `${program.url}/api/sequences/${KEY}/trigger`;
  const begin = now();
  const calls: Promise<Call>[] = [];
  for (let n = 0; n < count; n += 1) {
    const wait = begin + (n * 1000) / A_SECOND - now();
    if (wait > 0) await pause(wait);
    signal.throwIfAborted();
    calls.push(call(url, secret, first + n));
  }
  const called = await Promise.all(calls);
  const taken = new Map<string, number>();
  for (const end = now() + PATIENCE_MS; taken.size < count && now() < end; await pause(50))
    for (const [address, at] of await sink.taken()) taken.set(address, at);
  return called.map(({ address, at, answered }) => {
    const mailed = taken.get(address);
    if (mailed === undefined) throw new Error(`No email reached ${address}.`);
    return { answered: answered - at, mailed: mailed - at };
  });
}

/** When a call was made and when it was answered, in milliseconds since 1970. */
type Call = { address: string; at: number; answered: number };

async function call(url: string, secret: string, n: number): Promise<Call> {
  const person = recipient(n);
  const at = now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(person),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return { address: person.recipient_email, at, answered: now() };
}

/** The time since 1970 to the microsecond, which the sink's process tells as well. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

function answer(trips: Trip[], { version, fsync }: { version: string; fsync: string }): Answer {
  const mailed = trips.map((trip) => trip.mailed);
  const answered = trips.map((trip) => trip.answered);
  const row = (name: string, ms: number[]) =>
    [name, ...[0.5, 0.9, 0.99, 1].map((share) => shown(percentile(ms, share)))] as string[];
  return {
    tables: [
      {
        title: 'Milliseconds since before the call',
        columns: ['until', 'median', '90th percentile', '99th percentile', 'longest'],
        rows: [row('the call is answered', answered), row('the mail server has the email', mailed)],
      },
    ],
    notes: [
      `${shown(trips.length)} calls of one recipient each, evenly ${1000 / A_SECOND} ms apart, over HTTP to sequitur start.`,
      'The callers and the sink, a process of its own, share the machine with PostgreSQL and the server.',
    ],
    figures: {
      mailed_p50_ms: percentile(mailed, 0.5),
      mailed_p99_ms: percentile(mailed, 0.99),
      answered_p50_ms: percentile(answered, 0.5),
      answered_p99_ms: percentile(answered, 0.99),
    },
    targets: { mailed_p50_ms: { at_most: 25 }, mailed_p99_ms: { at_most: 150 } },
    on: { PostgreSQL: version, fsync },
  };
}
