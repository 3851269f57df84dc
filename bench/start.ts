import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../src/db/database.ts';
import { startEmbedded } from '../src/db/embedded/embedded.ts';
import type { Answer, Bench, BenchContext } from './harness/bench.ts';
import { fill } from './harness/history.ts';
import { median } from './harness/measure.ts';
import { readServerFacts } from './harness/postgres.sql.ts';
import { shown } from './harness/print.ts';
import { startProgram } from './harness/program.ts';
import { Traffic } from './harness/traffic.ts';

type Plan = { first: number; again: number; executions: number };

const FULL: Plan = { first: 7, again: 15, executions: 500_000 };
const QUICK: Plan = { first: 3, again: 5, executions: 16_000 };

export const bench: Bench = {
  question: 'How long does it take to start, and to stop?',
  run,
};

async function run(context: BenchContext): Promise<Answer> {
  const plan = context.quick ? QUICK : FULL;
  // Not counted: it may build the dashboard, and it reads the programs from the disk for the first time.
  await startAndStop(context, await makeHome(context));
  const first: Run[] = [];
  for (let n = 1; n <= plan.first; n += 1) {
    context.progress(`first start, ${n} of ${plan.first}`);
    first.push(await startAndStop(context, await makeHome(context)));
  }
  const home = await makeHome(context);
  const version = await addHistory(context, home, plan.executions);
  const again: Run[] = [];
  for (let n = 0; n <= plan.again; n += 1) {
    context.progress(`start with data, ${n} of ${plan.again}`);
    again.push(await startAndStop(context, home));
  }
  return answer(plan, first, again.slice(1), version);
}

/** A data directory for the benchmark, gone afterwards. */
async function makeHome({ afterwards }: BenchContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'sequitur-bench-'));
  afterwards(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** Lets Sequitur prepare a data directory, and records history into it. Answers PostgreSQL's version. */
async function addHistory(context: BenchContext, home: string, executions: number): Promise<string> {
  await startAndStop(context, home);
  const server = await startEmbedded({ dataDir: home, log: context.progress, signal: context.signal });
  const db = openDatabase(server.connection, { max: 2 });
  try {
    await fill(context, db, new Traffic(), { executions, seconds: 60, atOnce: 2 });
    return (await readServerFacts(db)).version;
  } finally {
    await db.destroy();
    await server.stop();
  }
}

/** Seconds from the program's start until it is ready, and from Ctrl-C until it is gone. */
type Run = { ready: number; stop: number };

async function startAndStop(context: BenchContext, home: string): Promise<Run> {
  const started = performance.now();
  const program = await startProgram(context, { DATA_DIR: home, EXAMPLES: 'on' });
  const ready = performance.now();
  await program.stop();
  return { ready: (ready - started) / 1000, stop: (performance.now() - ready) / 1000 };
}

function answer(plan: Plan, first: Run[], again: Run[], version: string): Answer {
  const starts = [
    { name: 'first start', runs: first.map(({ ready }) => ready) },
    { name: 'start with data', runs: again.map(({ ready }) => ready) },
    { name: 'Ctrl-C', runs: [...first, ...again].map(({ stop }) => stop) },
  ];
  const rows = starts.map(({ name, runs }) => [
    name,
    String(runs.length),
    shown(median(runs)),
    shown(Math.min(...runs)),
    shown(Math.max(...runs)),
  ]);
  const [firstStart = [], startWithData = [], stop = []] = starts.map(({ runs }) => runs);
  return {
    tables: [{ title: 'Seconds', columns: ['', 'runs', 'median', 'least', 'most'], rows }],
    notes: [
      'From the start of bin/sequitur to the first 200 of /readyz, and from Ctrl-C to the end of the process.',
      `A first start makes a PostgreSQL in an empty directory; the data of the others are ${shown(plan.executions)} executions.`,
    ],
    figures: {
      first_start_s: median(firstStart),
      start_with_data_s: median(startWithData),
      stop_s: median(stop),
      stop_worst_s: Math.max(...stop),
    },
    targets: {
      first_start_s: { at_most: 6 },
      start_with_data_s: { at_most: 2 },
      stop_worst_s: { at_most: 2 },
    },
    on: { PostgreSQL: version },
  };
}
