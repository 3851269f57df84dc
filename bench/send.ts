import { setTimeout as pause } from 'node:timers/promises';
import nodemailer from 'nodemailer';
import { compileStep } from '../src/delivery/render/compile_step.ts';
import { type RenderedMail, render } from '../src/delivery/render/render.ts';
import { recount } from '../src/ledger/recount.ts';
import { newId } from '../src/lib/uuid.ts';
import type { Answer, Bench, BenchContext, Table } from './harness/bench.ts';
import { median, ratio, secondsOf } from './harness/measure.ts';
import { vacuum } from './harness/postgres.sql.ts';
import { type BenchDatabase, type BenchServer, startServer } from './harness/postgres.ts';
import { shown } from './harness/print.ts';
import { startProgram } from './harness/program.ts';
import { type Sink, startSink } from './harness/sink.ts';
import { enroll, makeWorkspace, person, STEPS } from './harness/workspace.ts';
import { holdBack, isUnderWay, letGo, readSent } from './send.sql.ts';

type Plan = {
  /** Enrollments that are due at once. */
  people: number;
  /** Mails that nodemailer's own transport sends in a round. */
  alone: number;
  rounds: number;
  /** Processes that send, beside one. */
  workers: number[];
};

const FULL: Plan = { people: 100_000, alone: 20_000, rounds: 3, workers: [2, 4] };
const QUICK: Plan = { people: 5_000, alone: 1_500, rounds: 1, workers: [2] };

// What `SMTP_URL` has unless it says otherwise, for both.
const CONNECTIONS = 5;
const MAILS_A_CONNECTION = 100;
// Mails that are handed to nodemailer's transport at once: its queue never runs empty.
const ALONE_AT_ONCE = 100;
const WARM_UP = 1_000;
const FROM = { name: 'Juniper Coffee', address: 'hello@example.com' };
const LOOK_EVERY_MS = 50;

export const bench: Bench = {
  question: 'How many emails a second are claimed, rendered, sent and settled with all their counters?',
  run,
};

async function run(context: BenchContext): Promise<Answer> {
  const plan = context.quick ? QUICK : FULL;
  const server = await startServer(context);
  const sink = await startSink(context);
  const due = await makeDue(context, server, plan.people);
  const sides: Record<'counted' | 'bare' | 'alone', Sending[]> = { counted: [], bare: [], alone: [] };
  const mails = makeMails(plan.alone);
  // Its code is compiled before it is measured. Sequitur's processes start anew each time, and pay for that themselves.
  await sendAlone(sink, mails.slice(0, WARM_UP));
  for (let round = 1; round <= plan.rounds; round += 1) {
    context.progress(`round ${round} of ${plan.rounds}`);
    sides.alone.push(await sendAlone(sink, mails));
    const order = round % 2 === 1 ? (['counted', 'bare'] as const) : (['bare', 'counted'] as const);
    for (const side of order) {
      const counters = side === 'counted';
      sides[side].push(await sendDue(context, server, due, { sink, workers: 1, counters }));
    }
  }
  const shared = new Map<number, Sending>();
  for (const workers of plan.workers) {
    context.progress(`${workers} workers`);
    shared.set(workers, await sendDue(context, server, due, { sink, workers, counters: true }));
  }
  return answer({ plan, server, sink }, sides, shared);
}

/** What sending came to: mails a second, the largest process's memory in MB, counters that are wrong. */
type Sending = { speed: number; memory: number | null; differing: number };

/** A workspace where so many people's first email is due, once it is let go. */
async function makeDue(context: BenchContext, server: BenchServer, people: number): Promise<BenchDatabase> {
  const database = await server.makeDatabase();
  const db = database.open(10);
  const sequenceId = await makeWorkspace(db);
  await enroll(context, db, { sequenceId, people });
  await holdBack(db);
  await vacuum(db);
  await db.destroy();
  return database;
}

type Manner = { sink: Sink; workers: number; counters: boolean };

/** Has a copy of `due` sent by processes that are ready and hold their lanes before it is let go. */
async function sendDue(
  context: BenchContext,
  server: BenchServer,
  due: BenchDatabase,
  { sink, workers, counters }: Manner,
): Promise<Sending> {
  const database = await server.makeDatabase(due);
  const settings = {
    DATABASE_URL: database.url,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}?maxConnections=${CONNECTIONS}&maxMessages=${MAILS_A_CONNECTION}`,
    MAIL_FROM: `${FROM.name} <${FROM.address}>`,
    ...(counters ? {} : { NODE_OPTIONS: `--import=${WITHOUT_COUNTERS}` }),
  };
  const commands = Array.from({ length: workers }, (_, n) => (n === 0 ? 'start' : 'worker'));
  const programs = await Promise.all(commands.map((command) => startProgram(context, settings, command)));
  const db = database.open(1);
  await letGo(db);
  while (await isUnderWay(db)) {
    context.signal.throwIfAborted();
    await pause(LOOK_EVERY_MS);
  }
  const end = Date.now();
  const memory = await Promise.all(programs.map((program) => program.peakMemory()));
  await Promise.all(programs.map((program) => program.stop()));
  const { sent, first } = await readSent(db);
  const differing = counters ? (await recount(db)).differing : 0;
  await db.destroy();
  return { speed: sent / ((end - first.getTime()) / 1000), memory: most(memory), differing };
}

const WITHOUT_COUNTERS = new URL('./harness/without_counters.ts', import.meta.url).href;

function most(memory: (number | null)[]): number | null {
  const known = memory.filter((one) => one !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

/** The same mails, of the same people, ready to be composed. */
function makeMails(count: number): RenderedMail[] {
  const [step] = STEPS;
  const compiled = step && compileStep(step);
  if (!compiled?.ok) throw new Error('The email cannot be compiled.');
  return Array.from({ length: count }, (_, n) => {
    const rendered = render(compiled.compiled, {
      from: FROM,
      contact: { ...person(n), time_zone: null, properties: {} },
      context: { campaign: 'spring', position: n },
      sequence: { name: 'Spring sale' },
      source: 'api',
      unsubscribeUrl: `http://127.0.0.1:3000/u/${newId()}${newId()}`,
      enrollmentId: newId(),
      stepId: newId(),
      now: new Date(),
    });
    if (!rendered.ok) throw new Error(rendered.problem.message);
    return rendered.mail;
  });
}

/** Nodemailer's pooled transport with nothing else about it: no database, no templates. */
async function sendAlone(sink: Sink, mails: RenderedMail[]): Promise<Sending> {
  const transport = nodemailer.createTransport({
    pool: true,
    host: '127.0.0.1',
    port: sink.port,
    ignoreTLS: true,
    maxConnections: CONNECTIONS,
    maxMessages: MAILS_A_CONNECTION,
  });
  const seconds = await secondsOf(mails, ALONE_AT_ONCE, (mail) => transport.sendMail({ ...mail }));
  transport.close();
  return { speed: mails.length / seconds, memory: null, differing: 0 };
}

type Given = { plan: Plan; server: BenchServer; sink: Sink };
type Sides = Record<'counted' | 'bare' | 'alone', Sending[]>;

function answer({ plan, server, sink }: Given, sides: Sides, shared: Map<number, Sending>): Answer {
  const speeds = (side: keyof Sides) => sides[side].map(({ speed }) => speed);
  const counted = [...sides.counted, ...shared.values()];
  const memory = most(counted.map((sending) => sending.memory));
  return {
    tables: [table(sides, shared)],
    notes: [
      `${shown(plan.people)} people, whose first email is due at once; from the first email that was accepted until all were settled.`,
      `The first worker is sequitur start, which does everything else as well, each other one a sequitur worker; each has ${CONNECTIONS} connections to the sink, as nodemailer's transport has.`,
      `"alone" is nodemailer's pooled transport, which is given the same ${shown(plan.alone)} emails rendered: no database, no templates. It has sent ${shown(WARM_UP)} before it is measured; Sequitur's processes are new each time.`,
      '"bare" is Sequitur without its ledger: of what was sent, the row of the execution and nothing else.',
      'Processes, PostgreSQL and the sink share the machine, so more workers than it has cores to spare send no more.',
    ],
    figures: {
      sent_per_s: median(speeds('counted')),
      bare_per_s: median(speeds('bare')),
      alone_per_s: median(speeds('alone')),
      ...Object.fromEntries([...shared].map(([n, { speed }]) => [`sent_per_s_${n}`, speed])),
      alone_ratio: ratio(speeds('counted'), speeds('alone')),
      bare_ratio: ratio(speeds('counted'), speeds('bare')),
      ...(memory === null ? {} : { peak_memory_mb: memory }),
      recount_differences: counted.reduce((sum, { differing }) => sum + differing, 0),
    },
    targets: {
      alone_ratio: { at_least: 2.5 },
      bare_ratio: { at_least: 0.9 },
      recount_differences: { at_most: 0 },
    },
    on: { PostgreSQL: server.facts.version, fsync: server.facts.fsync, sink: sink.name },
  };
}

function table({ counted, bare, alone }: Sides, shared: Map<number, Sending>): Table {
  const row = (name: string, sendings: Sending[]) => {
    const memory = most(sendings.map((sending) => sending.memory));
    const speed = median(sendings.map((sending) => sending.speed));
    return [name, String(sendings.length), shown(speed), memory === null ? '' : shown(memory)];
  };
  const rows = [
    row('1 worker', counted),
    ...[...shared].map(([workers, sending]) => row(`${workers} workers`, [sending])),
    row('1 worker, bare', bare),
    row('nodemailer alone', alone),
  ];
  return { title: 'Emails a second', columns: ['', 'runs', 'emails', 'peak MB of a process'], rows };
}
