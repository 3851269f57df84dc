import type { Db } from '../src/db/database.ts';
import { drain } from '../src/ledger/drain.ts';
import { prepareDatabase } from '../src/ledger/prepare.ts';
import { type Recount, recount } from '../src/ledger/recount.ts';
import type { Answer, Bench, BenchContext, Table } from './harness/bench.ts';
import { BATCH, fill, recordBatch, takeBatches } from './harness/history.ts';
import { interleave, median, ratio, secondsOf } from './harness/measure.ts';
import { type BenchDatabase, type BenchServer, startServer } from './harness/postgres.ts';
import { shown } from './harness/print.ts';
import { type Batch, TRAFFIC, Traffic } from './harness/traffic.ts';
import { insertPlain, insertPlainBatch, makePlainTables, readSizes, type Sizes } from './ledger.sql.ts';

const CONNECTIONS = [1, 2, 4] as const;
/** The worker settles this many lanes at once: the number of connections whose figures the targets are for. */
const COUNTS = 4;

type Plan = {
  /** Executions of the short and of the long history; less of the long one where `fillSeconds` do not suffice. */
  short: number;
  long: number;
  fillSeconds: number;
  rounds: number;
  /** Of all rounds at one number of connections. */
  roundSeconds: number;
  /** Of one round and side. */
  batches: number;
  singles: number;
};

const FULL: Plan = {
  short: 100_000,
  long: 10_000_000,
  fillSeconds: Number.POSITIVE_INFINITY,
  rounds: 15,
  roundSeconds: 60,
  batches: 16,
  singles: 2_000,
};
const QUICK: Plan = {
  short: 32_000,
  long: 224_000,
  fillSeconds: 11,
  rounds: 7,
  roundSeconds: 5,
  batches: 8,
  singles: 500,
};

export const bench: Bench = {
  question: 'What does it cost to record executions with all their counters?',
  run,
};

async function run(context: BenchContext): Promise<Answer> {
  const plan = context.quick ? QUICK : FULL;
  const server = await startServer(context);
  const short = await makeHistory(context, server, plan.short);
  const beside = await copyOf(server, short);
  const long = await copyOf(server, short);
  await prolong(context, long, plan);
  const growth = await compareHistories(context, { short, long }, plan);
  const speeds = await compareWithPlain(context, beside, plan);
  const checked = [await check(context, beside), await check(context, long)];
  return answer(server, plan, { speeds, growth, checked });
}

type History = { database: BenchDatabase; traffic: Traffic };

/** A workspace's database with so many executions. */
async function makeHistory(context: BenchContext, server: BenchServer, executions: number): Promise<History> {
  const database = await server.makeDatabase();
  const db = database.open(COUNTS);
  await prepareDatabase(db, { timeZone: 'Europe/Berlin', now: new Date(TRAFFIC.start) });
  const traffic = new Traffic();
  await fill(context, db, traffic, { executions, seconds: Number.POSITIVE_INFINITY, atOnce: COUNTS });
  await db.destroy();
  return { database, traffic };
}

/** The same workspace once more, to go on by itself. */
async function copyOf(server: BenchServer, { database, traffic }: History): Promise<History> {
  return { database: await server.makeDatabase(database), traffic: traffic.fork() };
}

/** Lets a workspace go on until it has the executions of the long history. */
async function prolong(context: BenchContext, history: History, plan: Plan): Promise<void> {
  const db = history.database.open(COUNTS);
  const { long: executions, fillSeconds: seconds } = plan;
  await fill(context, db, history.traffic, { executions, seconds, atOnce: COUNTS });
  await db.destroy();
}

/** Executions a second, round by round. `drained` is what moving them into spans adds, some seconds later. */
type Speeds = Record<'recorded' | 'plain' | 'single' | 'drained', number[]>;

/** Records, inserts the same batches into a plain table, and others into another plain table one by one. */
async function compareWithPlain(
  { progress, signal }: BenchContext,
  { database, traffic }: History,
  plan: Plan,
): Promise<Map<number, Speeds>> {
  const speeds = new Map<number, Speeds>();
  for (const connections of CONNECTIONS) {
    progress(`comparing with plain inserts, ${connections} at once`);
    const db = database.open(connections);
    if (speeds.size === 0) await makePlainTables(db);
    let batches: Batch[] = [];
    let singles: Batch[] = [];
    const drained: number[] = [];
    const prepare = async () => {
      if (batches.length > 0) drained.push((batches.length * BATCH) / (await secondsToDrain(db)));
      batches = await takeBatches(db, traffic, plan.batches);
      singles = oneByOne(await takeBatches(db, traffic, plan.singles / BATCH));
    };
    const sides = {
      recorded: () => speedOf(batches, connections, (batch) => recordBatch(db, batch)),
      plain: () => speedOf(batches, connections, (batch) => insertPlainBatch(db, batch)),
      single: () => speedOf(singles, connections, (batch) => insertPlain(db, batch)),
    };
    // Half the time for what no target is for.
    const share = connections === COUNTS ? 1 : 0.5;
    const measured = await interleave(sides, { ...limits(plan, share), signal, prepare });
    speeds.set(connections, { ...measured, drained });
    await db.destroy();
  }
  return speeds;
}

/** How long it takes to move what was recorded into spans, as the server does every ten seconds. */
async function secondsToDrain(db: Db): Promise<number> {
  const started = performance.now();
  await drain(db, TRAFFIC.lanes);
  return (performance.now() - started) / 1000;
}

function limits({ rounds, roundSeconds }: Plan, share = 1): { rounds: number; seconds: number } {
  return { rounds, seconds: roundSeconds * share };
}

function oneByOne(batches: Batch[]): Batch[] {
  return batches.flatMap(({ lane, executions }) => executions.map((e) => ({ lane, executions: [e] })));
}

/** Executions a second of doing `work` on each of `batches`. */
async function speedOf(
  batches: Batch[],
  atOnce: number,
  work: (batch: Batch) => Promise<void>,
): Promise<number> {
  const executions = batches.reduce((sum, batch) => sum + batch.executions.length, 0);
  return executions / (await secondsOf(batches, atOnce, work));
}

type Growth = { short: number[]; long: number[]; sizes: Record<'short' | 'long', Sizes> };

/** Records the traffic of the short and of the long history, in turns. */
async function compareHistories(
  { progress, signal }: BenchContext,
  histories: Record<'short' | 'long', History>,
  plan: Plan,
): Promise<Growth> {
  progress('comparing the short with the long history');
  const short = histories.short.database.open(COUNTS);
  const long = histories.long.database.open(COUNTS);
  const sizes = { short: await readSizes(short), long: await readSizes(long) };
  let ofShort: Batch[] = [];
  let ofLong: Batch[] = [];
  const prepare = async () => {
    for (const db of [short, long]) await secondsToDrain(db);
    ofShort = await takeBatches(short, histories.short.traffic, plan.batches);
    ofLong = await takeBatches(long, histories.long.traffic, plan.batches);
  };
  const sides = {
    short: () => speedOf(ofShort, COUNTS, (batch) => recordBatch(short, batch)),
    long: () => speedOf(ofLong, COUNTS, (batch) => recordBatch(long, batch)),
  };
  const speeds = await interleave(sides, { ...limits(plan), signal, prepare });
  await Promise.all([short.destroy(), long.destroy()]);
  return { ...speeds, sizes };
}

/** Recomputes every counter from its rows. */
async function check({ progress }: BenchContext, { database, traffic }: History): Promise<Recount> {
  progress(`recounting ${shown(traffic.taken)} executions`);
  const db = database.open(1);
  const counted = await recount(db);
  await db.destroy();
  return counted;
}

type Measured = { speeds: Map<number, Speeds>; growth: Growth; checked: Recount[] };

function answer(server: BenchServer, plan: Plan, { speeds, growth, checked }: Measured): Answer {
  const counted = speeds.get(COUNTS);
  if (!counted) throw new Error('Nothing was measured at the number of connections that counts.');
  const factor = growth.sizes.long.executions / growth.sizes.short.executions;
  const differing = checked.reduce((sum, recounted) => sum + recounted.differing, 0);
  return {
    tables: [speedTable(speeds), growthTable(growth), recountTable(checked)],
    notes: [
      `Targets are for ${COUNTS} connections: so many lanes are settled at once. Batches of ${BATCH} executions of one lane.`,
      `"batched" and "single" write a plain table without counters that holds as many rows: medians of at most ${plan.rounds} rounds, in turns.`,
      `Every ten seconds the server moves what was recorded into spans: here ${shown(median(counted.drained))} executions a second, from so few at once.`,
      `history_ratio compares histories that differ ${shown(factor)} times in length${plan === FULL ? '' : ': the full run has 100 times'}.`,
    ],
    figures: {
      ...Object.fromEntries([...speeds].flatMap(([n, speed]) => Object.entries(speedFigures(n, speed)))),
      drained_per_s: median(counted.drained),
      batched_ratio: ratio(counted.recorded, counted.plain),
      single_ratio: ratio(counted.recorded, counted.single),
      history_ratio: ratio(growth.long, growth.short),
      history_factor: factor,
      executions_in_history: growth.sizes.long.executions,
      recount_differences: differing,
    },
    targets: {
      batched_ratio: { at_least: 0.3, aim: 0.5 },
      single_ratio: { at_least: 5 },
      history_ratio: { at_least: 0.85 },
      recount_differences: { at_most: 0 },
    },
    on: { PostgreSQL: server.facts.version, fsync: server.facts.fsync },
  };
}

function speedFigures(connections: number, { recorded, plain, single }: Speeds): Record<string, number> {
  return {
    [`recorded_per_s_${connections}`]: median(recorded),
    [`batched_per_s_${connections}`]: median(plain),
    [`single_per_s_${connections}`]: median(single),
    [`batched_ratio_${connections}`]: ratio(recorded, plain),
    [`single_ratio_${connections}`]: ratio(recorded, single),
  };
}

function speedTable(speeds: Map<number, Speeds>): Table {
  const rows = [...speeds].map(([connections, { recorded, plain, single }]) => [
    String(connections),
    shown(median(recorded)),
    shown(median(plain)),
    shown(median(single)),
    shown(ratio(recorded, plain)),
    shown(ratio(recorded, single)),
  ]);
  const columns = ['connections', 'recorded', 'batched', 'single', 'recorded/batched', 'recorded/single'];
  return { title: 'Executions a second', columns, rows };
}

function growthTable({ short, long, sizes }: Growth): Table {
  const row = (name: string, size: Sizes, speed: number[]) => [
    name,
    shown(size.executions),
    shown(size.recipients),
    shown(size.counter_rows),
    shown(size.megabytes),
    shown(median(speed)),
  ];
  return {
    title: 'Executions a second by history',
    columns: ['history', 'executions', 'recipients', 'counter rows', 'MB', 'recorded'],
    rows: [row('short', sizes.short, short), row('long', sizes.long, long)],
  };
}

function recountTable(checked: Recount[]): Table {
  const rows = checked.flatMap(({ counters }, i) =>
    counters.map(({ counter, keys, differing }) => [
      `${i === 0 ? 'beside plain' : 'long'} ${counter}`,
      shown(keys),
      shown(differing),
    ]),
  );
  return { title: 'Recount', columns: ['counter', 'keys', 'differing'], rows };
}
