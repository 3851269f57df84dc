import { setTimeout as wait } from 'node:timers/promises';
import { recount } from '../../src/ledger/recount.ts';
import { seededChance } from '../../src/lib/random.ts';
import { CONNECTIONS, Fleet } from './fleet.ts';
import { MailServer } from './mail_server.ts';
import { type Plan, planOf } from './plan.ts';
import type { CrashDatabase, CrashingPostgres } from './postgres.ts';
import { pourIn } from './pour.ts';
import { countWaiting, failSettling, letTimePass, readRows, someWaiting } from './rows.sql.ts';
import { Strikes } from './strikes.ts';
import { insist, until } from './until.ts';
import { judge, type Verdict } from './verdict.ts';

const TIME_PASSES_EVERY_MS = 200;

/** Plays one round, and answers what it was in a line. Throws, with all that happened, where anything differs. */
export async function playRound(postgres: CrashingPostgres, seed: string): Promise<string> {
  const plan = planOf(seededChance(seed));
  const begunAt = performance.now();
  await using database = await postgres.makeDatabase();
  await using mailServer = await MailServer.start(seededChance(`${seed}, mail server`));
  await using fleet = await Fleet.start(database.connection, mailServer.port, plan.workers);
  const readyAt = performance.now();
  const emails = plan.people * database.sequence.subjects.size;
  const chance = seededChance(`${seed}, strikes`);
  const scene = { postgres, database, mailServer, fleet, chance, emails };
  const strikes = new Strikes(scene);
  try {
    const accepted = await untilQuiet(plan, strikes, scene);
    const badEnds = await fleet.stop();
    const verdict = await verdictOf(database, { accepted, mailServer, strikes });
    const differences = [...badEnds, ...verdict.differences];
    if (differences.length > 0) throw new Error(differences.slice(0, MOST_DIFFERENCES).join('\n'));
    return summary(seed, plan, verdict, [readyAt - begunAt, performance.now() - readyAt]);
  } catch (error) {
    throw failure(seed, plan, strikes, error);
  }
}

const MOST_DIFFERENCES = 20;

type Scene = ConstructorParameters<typeof Strikes>[0];

/** Resolves with the addresses whose trigger was accepted, when all of them are at the end of their run. */
async function untilQuiet(plan: Plan, strikes: Strikes, scene: Scene): Promise<string[]> {
  const { database, mailServer, fleet, chance } = scene;
  const target = { url: fleet.url, apiKey: database.apiKey, sequenceId: database.sequence.id };
  const accepted = await allEnded(
    pourIn(target, plan, chance),
    plan.faults.map((fault) => strikes.strike(fault)),
  );
  mailServer.recover();
  await insist(() => failSettling(database.db, null, 0));
  try {
    await until('every run is at its end', async () => {
      await insist(() => letTimePass(database.db));
      if ((await countWaiting(database.db)) === 0) return true;
      await wait(TIME_PASSES_EVERY_MS);
      return false;
    });
  } catch (error) {
    const n = await countWaiting(database.db);
    const waiting = (await someWaiting(database.db)).map((run) => JSON.stringify(run));
    const logs = fleet.workers.map(({ name, running }) => `${name}: ${running.said.out}${running.said.err}`);
    throw new Error(
      `${error instanceof Error ? error.message : error}\n${n} wait, such as\n${waiting.join('\n')}\n${logs.join('\n')}`,
      {
        cause: error,
      },
    );
  }
  return accepted;
}

/** Not before the last of them has ended: a fault that goes on beside the end of its round starts workers that nobody ends. */
async function allEnded<T>(first: Promise<T>, others: Promise<void>[]): Promise<T> {
  await Promise.allSettled([first, ...others]);
  await Promise.all(others);
  return first;
}

async function verdictOf(
  { db, sequence }: CrashDatabase,
  { accepted, mailServer, strikes }: { accepted: string[]; mailServer: MailServer; strikes: Strikes },
): Promise<Verdict> {
  const rows = await readRows(db);
  const { copies, refused } = mailServer;
  const { subjects } = sequence;
  const evidence = { accepted, subjects, rows, copies, refused, strikes: strikes.strikes };
  const verdict = judge({ ...evidence, connections: CONNECTIONS });
  const { counters } = await recount(db);
  const differing = counters.filter((counter) => counter.differing > 0);
  const found = differing.map(({ counter, differences }) => `${counter}: ${JSON.stringify(differences[0])}`);
  return { ...verdict, differences: [...verdict.differences, ...found] };
}

function summary(
  seed: string,
  plan: Plan,
  { emails, inFlight, repeated }: Verdict,
  ms: [number, number],
): string {
  const [starting, playing] = ms.map((each) => (each / 1_000).toFixed(1));
  const faults = plan.faults.map(({ kind }) => kind).join(', ');
  return (
    `SEED=${seed}: ${plan.people} people, ${plan.workers} workers; ${faults}; ` +
    `${emails} emails, ${inFlight} in flight at kills and stops, ${repeated} repeated; ${playing} s after ${starting} s of starting`
  );
}

function failure(seed: string, plan: Plan, { said }: Strikes, cause: unknown): Error {
  const what = cause instanceof Error ? cause.message : String(cause);
  const happened = said.map((line) => `  ${line}`).join('\n');
  const repeat = `SEED=${seed} ROUNDS=1 npm run test:crash`;
  return new Error(
    `${plan.people} people, ${plan.workers} workers\n${happened}\n${what}\nTo play this round again: ${repeat}`,
    { cause },
  );
}
