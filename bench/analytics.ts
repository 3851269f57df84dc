import { EVERYTHING } from '../src/analytics/filter.ts';
import { plusDays } from '../src/analytics/range.ts';
import { sequenceAnalytics } from '../src/analytics/sequence.ts';
import { summary } from '../src/analytics/summary.ts';
import { createApiKey } from '../src/auth/api_keys.ts';
import type { Db } from '../src/db/database.ts';
import { inTransaction } from '../src/db/transaction.sql.ts';
import { fold } from '../src/ledger/fold.ts';
import { claimNight, finishNight } from '../src/ledger/recount_runs.sql.ts';
import { countPlain, fetchAndCount, linesOfPlain, makePlainTable, type Numbers } from './analytics.sql.ts';
import type { Answer, Bench, BenchContext, Table, Target } from './harness/bench.ts';
import { BUSY, loadHistory } from './harness/bulk.ts';
import { median, percentile } from './harness/measure.ts';
import { askPeers, havePeers, type Peer } from './harness/peers.ts';
import { vacuum } from './harness/postgres.sql.ts';
import { type BenchServer, startServer } from './harness/postgres.ts';
import { shown } from './harness/print.ts';
import { startProgram } from './harness/program.ts';
import { TRAFFIC } from './harness/traffic.ts';

type Plan = {
  sizes: number[];
  /** Requests for each question. */
  requests: number;
  /** How often rows are counted for each question. */
  rounds: number;
  /** Whether to compare with other databases, and with counting in a program. */
  peers: boolean;
};

const FULL: Plan = { sizes: [1_000_000, 10_000_000], requests: 100, rounds: 3, peers: true };
const QUICK: Plan = { sizes: [800_000], requests: 25, rounds: 3, peers: false };

export const bench: Bench = {
  question: 'How long does an answer take, cache off, and how long without counters?',
  run,
};

const RANGES = { '7d': 7, '30d': 30, '90d': 90, all: null } as const;
type RangeName = keyof typeof RANGES;
const RANGE_NAMES = Object.keys(RANGES) as RangeName[];

/** Requests of each question that are not measured. The summary is asked with one question, the others with eight. */
const WARM_UP = 15;
const SUMMARY_WARM_UP = 8 * WARM_UP;

/** The sequence with most emails, and one in the middle. */
const ASKED = [0, 5].map((place) => BUSY[place]?.id ?? '');

async function run(context: BenchContext): Promise<Answer> {
  const plan = context.quick ? QUICK : FULL;
  const server = await startServer(context);
  const histories: History[] = [];
  for (const size of plan.sizes) histories.push(await prepare(context, server, size));
  await askInTurns(context, histories, plan);
  const measured: Measured[] = [];
  for (const history of histories) measured.push(await finish(context, history, plan));
  return answer(plan, server, measured, plan === FULL ? await measureFolding(context, server, plan) : null);
}

/** A sequence's range, and what it took to answer, in milliseconds. */
type Question = { sequence: string; range: RangeName; from: string | null };
type Answered = Question & { numbers: Numbers; ms: number[]; series: number[] };
type Asked = Answered & {
  plain: { numbers: Numbers; ms: number[] };
  fetched: number[];
};
type Measured = { executions: number; asked: Asked[]; summary: number[]; peers: Peer[] };

/** A database with its executions, a server on it, and what asking it took until now. */
type History = {
  db: Db;
  executions: number;
  asked: Answered[];
  summary: number[];
  ask: Ask;
  stop: () => Promise<void>;
};

async function prepare(context: BenchContext, server: BenchServer, size: number): Promise<History> {
  context.progress(`making ${shown(size)} executions`);
  const database = await server.makeDatabase();
  const db = database.open(4);
  const now = new Date();
  const executions = await loadHistory(context, db, { executions: size, atOnce: 4, now, folded: true });
  await makePlainTable(db);
  await haveNightDone(db, now);
  const { secret } = await createApiKey(db, { name: 'bench', createdBy: { kind: 'system', name: 'bench' } });
  const program = await startProgram(context, {
    DATABASE_URL: database.url,
    ANALYTICS_CACHE_SECONDS: '0',
    TIME_ZONE: 'UTC',
  });
  const ask = (path: string) => get(`${program.url}${path}`, secret);
  return { db, executions, asked: [], summary: [], ask, stop: () => program.stop() };
}

/**
 * Asks each question of all histories before the next one: the pace of a machine that others use changes within
 * minutes, and the times of two sizes can only be compared when they were taken side by side.
 */
async function askInTurns(context: BenchContext, histories: History[], plan: Plan): Promise<void> {
  context.progress('asking');
  const questions = questionsOf(new Date());
  // A server that has been up for a while: its code is compiled, and what is asked for often is in memory.
  for (const { ask } of histories)
    for (const question of questions) await askServer(ask, question, { requests: WARM_UP });
  for (const question of questions)
    for (const { ask, asked } of histories) asked.push(await askServer(ask, question, plan));
  for (const history of histories) {
    const askSummary = () => history.ask('/api/sequences/analytics/summary');
    await times(SUMMARY_WARM_UP, askSummary);
    history.summary = await times(plan.requests, askSummary);
  }
}

/** Stops its server, and counts the rows for each question. */
async function finish(context: BenchContext, history: History, plan: Plan): Promise<Measured> {
  const { db, executions, summary } = history;
  await history.stop();
  context.progress(`counting the rows of ${shown(executions)} executions`);
  const asked: Asked[] = [];
  for (const answered of history.asked) asked.push({ ...answered, ...(await countRows(db, answered, plan)) });
  const peers = plan.peers && havePeers() ? await measurePeers(context, db, history.asked, plan) : [];
  await db.destroy();
  return { executions, asked, summary, peers };
}

/** Between two and five o'clock the server would recount ten million rows beside the answers. */
async function haveNightDone(db: Db, now: Date): Promise<void> {
  const night = await claimNight(db, now, { from: 0, to: 24, staleMs: 0 });
  if (night) await inTransaction(db, (tx) => finishNight(tx, night));
}

/** What a fold brings: milliseconds of each range of the busiest sequence, and of the summary, without HTTP. */
type Folding = { executions: number; rows: number; before: number[]; after: number[] };

/** Asks with each lane's counters in the lane itself, folds them, and asks again. */
async function measureFolding(context: BenchContext, server: BenchServer, plan: Plan): Promise<Folding> {
  const [size = 0] = plan.sizes;
  context.progress(`making ${shown(size)} executions in ${TRAFFIC.lanes} lanes, not folded`);
  const database = await server.makeDatabase();
  const db = database.open(4);
  const now = new Date();
  const executions = await loadHistory(context, db, { executions: size, atOnce: 4, now, folded: false });
  const before = await askEach(db, now, plan);
  const { rows } = await fold(db, TRAFFIC.lanes, now);
  await vacuum(db);
  const after = await askEach(db, now, plan);
  await db.destroy();
  return { executions, rows, before, after };
}

// Without a server, which would fold at its start.
async function askEach(db: Db, now: Date, { requests }: Plan): Promise<number[]> {
  const about = { sequenceId: ASKED[0] ?? '', filter: EVERYTHING, compare: false, limit: 51, now };
  const questions = [
    ...RANGE_NAMES.map((time_range) => () => sequenceAnalytics(db, { ...about, range: { time_range } })),
    () => summary(db, now),
  ];
  const medians: number[] = [];
  for (const question of questions) medians.push(median(await times(requests, question)));
  return medians;
}

function questionsOf(now: Date): Question[] {
  const today = now.toISOString().slice(0, 10);
  return ASKED.flatMap((sequence) =>
    Object.entries(RANGES).map(([range, days]) => ({
      sequence,
      range: range as RangeName,
      from: days === null ? null : plusDays(today, 1 - days),
    })),
  );
}

type Ask = (path: string) => Promise<string>;

async function get(url: string, key: string): Promise<string> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

async function askServer(
  ask: Ask,
  question: Question,
  { requests }: Pick<Plan, 'requests'>,
): Promise<Answered> {
  const path = `/api/sequences/${question.sequence}/analytics`;
  const query = `?time_range=${question.range}`;
  const ms = await times(requests, () => ask(`${path}${query}`));
  const series = await times(requests, () => ask(`${path}/series${query}&interval=day`));
  const answered = JSON.parse(await ask(`${path}${query}`)) as {
    total_executions: number;
    unique_recipients: number;
  };
  const numbers = { executions: answered.total_executions, people: answered.unique_recipients };
  return { ...question, numbers, ms, series };
}

async function countRows(
  db: Db,
  { sequence, from }: Question,
  { rounds, peers }: Plan,
): Promise<Pick<Asked, 'plain' | 'fetched'>> {
  const ms = await times(rounds, () => countPlain(db, sequence, from));
  const fetched = peers ? await times(rounds, () => fetchAndCount(db, sequence, from)) : [];
  return { plain: { ms, numbers: await countPlain(db, sequence, from) }, fetched };
}

/** How many milliseconds `work` takes, `n` times after a first one that only warms up. */
async function times(n: number, work: () => Promise<unknown>): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 0; i <= n; i += 1) {
    const started = performance.now();
    await work();
    if (i > 0) ms.push(performance.now() - started);
  }
  return ms;
}

function measurePeers(
  context: BenchContext,
  db: Db,
  questions: Question[],
  { rounds }: Plan,
): Promise<Peer[]> {
  context.progress('asking other databases');
  return askPeers(context, { questions, rounds, lines: linesOfPlain(db) });
}

function answer(plan: Plan, server: BenchServer, measured: Measured[], folding: Folding | null): Answer {
  const largest = measured.at(-1);
  const smallest = measured[0];
  if (!largest || !smallest) throw new Error('Nothing was measured.');
  const isFull = plan === FULL;
  const peerFigures = largest.peers.map((peer): [string, number] => [
    `times_${nameOf(peer)}`,
    sum(peer.answers.map(({ ms }) => median(ms))) / sum(largest.asked.map(({ ms }) => median(ms))),
  ]);
  return {
    tables: [...measured.map(rangeTable), otherTable(measured), ...(folding ? [foldingTable(folding)] : [])],
    notes: [
      'Whole requests over HTTP, one after the other, of a process of its own without cache: totals, people, sources, steps, triggers and the newest 50 rows.',
      '"plain" is COUNT(*) and COUNT(DISTINCT) of one sequence on the same PostgreSQL, with an index on it and time. "fetched" are its rows, counted in the program.',
      ...(isFull && largest.peers.length === 0
        ? ['DuckDB and ClickHouse were left out: npm install --prefix bench/peers brings them.']
        : []),
      ...(isFull ? [] : ['The full run asks at 10 million executions as well, and asks other databases.']),
    ],
    figures: {
      executions: largest.executions,
      analytics_median_ms: median(largest.asked.flatMap(({ ms }) => ms)),
      analytics_p99_ms: percentile(
        largest.asked.flatMap(({ ms }) => ms),
        0.99,
      ),
      summary_median_ms: median(largest.summary),
      times_plain:
        sum(largest.asked.map(({ plain }) => median(plain.ms))) /
        sum(largest.asked.map(({ ms }) => median(ms))),
      ...Object.fromEntries(peerFigures),
      ...(isFull ? { growth: growthOf(smallest, largest) } : {}),
      differences: sum(measured.map(differencesIn)),
    },
    targets: {
      analytics_median_ms: { at_most: 5 },
      analytics_p99_ms: { at_most: 15 },
      summary_median_ms: { at_most: 10 },
      differences: { at_most: 0 },
      ...(isFull ? FULL_TARGETS : {}),
      ...Object.fromEntries(peerFigures.map(([name]) => [name, { at_least: 1 }])),
    },
    on: {
      PostgreSQL: server.facts.version,
      ...Object.fromEntries(largest.peers.map((p) => [p.name, p.version])),
    },
  };
}

const FULL_TARGETS: Record<string, Target> = {
  times_plain: { at_least: 50, aim: 100 },
  growth: { at_most: 1.3 },
};

function nameOf({ name }: Peer): string {
  return name.toLowerCase().split(' ')[0] ?? name;
}

/** How much longer answers take on the larger history, over the questions. */
function growthOf(smaller: Measured, larger: Measured): number {
  return median(larger.asked.flatMap(({ ms }) => ms)) / median(smaller.asked.flatMap(({ ms }) => ms));
}

/** How many answers are not those of the rows. */
function differencesIn({ asked, peers }: Measured): number {
  const same = (a: Numbers, b: Numbers) => a.executions === b.executions && a.people === b.people;
  return sum(
    asked.map(({ numbers, plain }, i) => {
      const others = [plain.numbers, ...peers.flatMap(({ answers }) => answers[i] ?? [])];
      return others.every((other) => same(other, numbers)) ? 0 : 1;
    }),
  );
}

function rangeTable({ executions, asked, peers }: Measured): Table {
  const columns = ['range', 'executions', 'people', 'answer', 'p99', 'series', 'plain'];
  const rows = asked.map(({ range, numbers, ms, series, plain, fetched }, i) => [
    range,
    shown(numbers.executions),
    shown(numbers.people),
    shown(median(ms)),
    shown(percentile(ms, 0.99)),
    shown(median(series)),
    shown(median(plain.ms)),
    ...(fetched.length > 0 ? [shown(median(fetched))] : []),
    ...peers.map(({ answers }) => shown(median(answers[i]?.ms ?? []))),
  ]);
  const more = [...(asked[0]?.fetched.length ? ['fetched'] : []), ...peers.map(({ name }) => name)];
  return { title: `Milliseconds, of ${shown(executions)} executions`, columns: [...columns, ...more], rows };
}

function otherTable(measured: Measured[]): Table {
  const rows = measured.map(({ executions, summary }) => [
    shown(executions),
    shown(median(summary)),
    shown(percentile(summary, 0.99)),
  ]);
  return {
    title: 'Summary of 1,000 sequences, milliseconds',
    columns: ['executions', 'median', 'p99'],
    rows,
  };
}

function foldingTable({ executions, rows, before, after }: Folding): Table {
  const names = [...RANGE_NAMES, 'summary'];
  return {
    title: `Milliseconds before and after ${shown(rows)} counter rows of ${TRAFFIC.lanes} lanes are folded, of ${shown(executions)} executions`,
    columns: ['question', 'before', 'after'],
    rows: names.map((name, i) => [name, shown(before[i] ?? Number.NaN), shown(after[i] ?? Number.NaN)]),
  };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
