import autocannon from 'autocannon';
import { recount } from '../src/ledger/recount.ts';
import type { Answer, Bench, BenchContext } from './harness/bench.ts';
import { collectGarbage, median } from './harness/measure.ts';
import { startServer } from './harness/postgres.ts';
import { shown } from './harness/print.ts';
import { startProgram } from './harness/program.ts';
import { KEY, makeKey, makeWorkspace, recipient, STEPS } from './harness/workspace.ts';
import { countTriggers } from './trigger.sql.ts';

type Plan = {
  rounds: number;
  /** Requests of a round. */
  single: number;
  batched: number;
};

const FULL: Plan = { rounds: 5, single: 30_000, batched: 100 };
const QUICK: Plan = { rounds: 2, single: 8_000, batched: 20 };

// Of 32 lanes each holds so many of these that a transaction is for several.
const MANY = 512;
const FEW = 64;
const CALLERS = 4;
const RECIPIENTS = 1_000;
const DAY = 24 * 60 * 60;

export const bench: Bench = {
  question: 'How many triggers a second are taken in over HTTP?',
  run,
};

async function run(context: BenchContext): Promise<Answer> {
  const plan = context.quick ? QUICK : FULL;
  const server = await startServer(context);
  const database = await server.makeDatabase();
  const db = database.open(1);
  // Nothing is due while it is measured: what sending takes is another question.
  await makeWorkspace(
    db,
    STEPS.map((step) => ({ ...step, delay_seconds: step.delay_seconds + DAY })),
  );
  const secret = await makeKey(db);
  const program = await startProgram(context, { DATABASE_URL: database.url });
  const triggers = new Triggers(`${program.url}/api/sequences/${KEY}/trigger`, secret);
  // A server that has been up for a while: its code is compiled.
  await triggers.send({ connections: FEW, requests: plan.single / 4, recipients: 1 });
  const rounds: Round[] = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    context.signal.throwIfAborted();
    context.progress(`round ${round} of ${plan.rounds}`);
    rounds.push({
      many: await triggers.send({ connections: MANY, requests: plan.single, recipients: 1 }),
      few: await triggers.send({ connections: FEW, requests: plan.single / 4, recipients: 1 }),
      batched: await triggers.send({ connections: CALLERS, requests: plan.batched, recipients: RECIPIENTS }),
    });
  }
  const memory = await program.peakMemory();
  await program.stop();
  const [taken, { differing }] = [await countTriggers(db), await recount(db)];
  await db.destroy();
  return answer(rounds, { memory, lost: triggers.answered - taken, differing, ...server.facts });
}

type Load = { connections: number; requests: number; recipients: number };

/** Recipients a second, and the latency of a request in milliseconds. */
type Speed = { speed: number; p50: number; p99: number };

type Round = Record<'many' | 'few' | 'batched', Speed>;

/** Triggers for people of whom none is triggered twice. */
class Triggers {
  /** For how many people it was answered that they are taken in. */
  answered = 0;
  readonly #url: string;
  readonly #headers: Record<string, string>;
  #people = 0;

  constructor(url: string, secret: string) {
    this.#url = url;
    this.#headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  }

  async send({ connections, requests, recipients }: Load): Promise<Speed> {
    collectGarbage();
    const { pathname: path, origin: url } = new URL(this.#url);
    const next = (request: { method: string; path: string }) => ({
      ...request,
      body: this.#body(recipients),
    });
    const { duration, errors, non2xx, latency } = await autocannon({
      url,
      connections,
      amount: requests,
      timeout: 30,
      sampleInt: 20,
      headers: this.#headers,
      requests: [{ method: 'POST', path, setupRequest: next }],
    });
    if (errors + non2xx > 0) throw new Error(`${errors + non2xx} of ${requests} triggers were refused.`);
    this.answered += requests * recipients;
    return { speed: (requests * recipients) / duration, p50: latency.p50, p99: latency.p99 };
  }

  #body(recipients: number): string {
    const people = Array.from({ length: recipients }, () => recipient(this.#people++));
    return JSON.stringify(recipients === 1 ? people[0] : { recipients: people });
  }
}

type Checked = { memory: number | null; lost: number; differing: number; version: string; fsync: string };

function answer(rounds: Round[], { memory, lost, differing, version, fsync }: Checked): Answer {
  const speed = (kind: keyof Round) => median(rounds.map((round) => round[kind].speed));
  return {
    tables: [
      {
        title: 'Recipients a second',
        columns: ['calls', 'connections', 'recipients a second', 'median ms', '99th percentile'],
        rows: [
          row(rounds, 'many', 'one recipient each', MANY),
          row(rounds, 'few', 'one recipient each', FEW),
          row(rounds, 'batched', `${shown(RECIPIENTS)} recipients each`, CALLERS),
        ],
      },
    ],
    notes: [
      `Medians of ${rounds.length} rounds. Everybody is new: a contact, a guard row, an enrollment, a trigger and all counters each.`,
      'The callers (autocannon) take one of the cores that PostgreSQL and the server have as well.',
      `Requests of one lane that wait at the same time share a transaction: there are 32 lanes, so ${FEW} connections leave two to each.`,
      'Nothing falls due meanwhile.',
    ],
    figures: {
      requests_per_s: speed('many'),
      [`requests_per_s_${FEW}`]: speed('few'),
      batched_per_s: speed('batched'),
      ...(memory === null ? {} : { peak_memory_mb: memory }),
      answered_and_lost: lost,
      recount_differences: differing,
    },
    targets: {
      requests_per_s: { at_least: 3_000 },
      batched_per_s: { at_least: 20_000 },
      answered_and_lost: { at_most: 0 },
      recount_differences: { at_most: 0 },
    },
    on: { PostgreSQL: version, fsync },
  };
}

function row(rounds: Round[], kind: keyof Round, name: string, connections: number): string[] {
  const of = (figure: keyof Speed) => shown(median(rounds.map((round) => round[kind][figure])));
  return [name, String(connections), of('speed'), of('p50'), of('p99')];
}
