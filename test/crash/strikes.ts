import { setTimeout as wait } from 'node:timers/promises';
import type { Chance } from '../../src/lib/random.ts';
import type { Fleet, Worker } from './fleet.ts';
import type { MailServer } from './mail_server.ts';
import type { Fault } from './plan.ts';
import type { CrashDatabase, CrashingPostgres } from './postgres.ts';
import { failSettling, letTimePass, unsettledEmails } from './rows.sql.ts';
import { insist } from './until.ts';
import { isInFlight, type Strike } from './verdict.ts';

export type Scene = {
  postgres: CrashingPostgres;
  database: CrashDatabase;
  mailServer: MailServer;
  fleet: Fleet;
  chance: Chance;
  /** How many emails there are to be. */
  emails: number;
};

const COMMIT_MS = 1_000;
// Nothing more may come before a fault is over that has yet to begin.
const LONGEST_WAIT_MS = 5_000;
const LOOK_EVERY_MS = 5;

/** Has faults happen, and keeps what is needed to judge what comes of them. */
export class Strikes {
  readonly strikes: Strike[] = [];
  /** What happened and when, a line each. */
  readonly said: string[] = [];
  readonly #scene: Scene;
  readonly #begunAt = performance.now();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Resolves when the fault is over: what was killed runs again where it is to, and what misbehaved behaves. */
  async strike(fault: Fault): Promise<void> {
    const { fleet, postgres, database, chance } = this.#scene;
    await this.#untilTaken(fault.after);
    switch (fault.kind) {
      case 'kill worker':
        return this.#killWorker(fault);
      case 'stop worker':
        return this.#stopWorker(fault);
      case 'kill api':
        this.#say('kill -9 of the API');
        return fleet.startApi();
      case 'kill postgres':
        this.#say(`kill -9 of PostgreSQL, ${fault.what}`);
        await insist(() => postgres.kill(fault.what, database.connection.database, chance));
        return postgres.up();
      case 'mail server':
        return this.#troubleMail(fault);
      case 'settling fails':
        return this.#failSettling(fault);
      case 'lose answers to commits':
        return this.#loseCommits(fault);
    }
  }

  /** Resolves when the mail server has taken this share of all emails, or when it takes too long. */
  async #untilTaken(share: number): Promise<void> {
    const { mailServer, emails } = this.#scene;
    const limit = performance.now() + LONGEST_WAIT_MS;
    while (mailServer.copies.length < share * emails && performance.now() < limit) await wait(LOOK_EVERY_MS);
  }

  async #killWorker({ victim, isReplaced }: Extract<Fault, { kind: 'kill worker' }>): Promise<void> {
    const { fleet } = this.#scene;
    const worker = this.#victim(victim);
    if (!worker) return;
    const isLast = fleet.workers.length === 1;
    this.#say(`kill -9 of ${worker.name}${isReplaced || isLast ? ', which is replaced' : ''}`);
    await fleet.kill(worker);
    const strike = { worker: worker.name, unsettled: await this.#unsettled() };
    this.#keep(strike);
    if (isReplaced || isLast) await fleet.addWorker();
  }

  async #stopWorker({ victim, forMs }: Extract<Fault, { kind: 'stop worker' }>): Promise<void> {
    const worker = this.#victim(victim);
    if (!worker) return;
    worker.isStopped = true;
    this.#say(`SIGSTOP of ${worker.name} for ${forMs} ms`);
    worker.running.kill('SIGSTOP');
    const strike: Strike = { worker: worker.name, unsettled: new Set() };
    const asked = this.#unsettled().then((unsettled) => {
      strike.unsettled = unsettled;
      this.#keep(strike);
    });
    await Promise.all([asked, wait(forMs)]);
    strike.wokenAt = performance.now();
    worker.running.kill('SIGCONT');
    worker.isStopped = false;
    this.#say(`SIGCONT of ${worker.name}`);
  }

  async #troubleMail({ forMs, mood, share }: Extract<Fault, { kind: 'mail server' }>): Promise<void> {
    const { mailServer, database } = this.#scene;
    this.#say(`mail server, ${percent(share)} at "${mood.at}": ${mood.does}, for ${forMs} ms`);
    mailServer.misbehave(mood, share);
    await wait(forMs);
    mailServer.recover();
    await insist(() => letTimePass(database.db));
  }

  async #failSettling({ how, share, forMs }: Extract<Fault, { kind: 'settling fails' }>): Promise<void> {
    const { db } = this.#scene.database;
    this.#say(`settling fails at the ${how}, ${percent(share)}, for ${forMs} ms`);
    await insist(() => failSettling(db, how, share));
    await wait(forMs);
    await insist(() => failSettling(db, null, 0));
  }

  async #loseCommits({ victim, times }: Extract<Fault, { kind: 'lose answers to commits' }>): Promise<void> {
    const worker = this.#victim(victim);
    if (!worker) return;
    this.#say(`${worker.name} hears nothing of ${times} commits`);
    for (let n = 0; n < times; n++) await Promise.race([worker.proxy.loseCommit(), wait(COMMIT_MS)]);
  }

  /** One of the workers that run; none where there is none. */
  #victim(passedOver: number): Worker | undefined {
    const running = this.#scene.fleet.workers.filter(({ isStopped }) => !isStopped);
    return running[passedOver % running.length];
  }

  /** The keys of what is claimed and not settled: as soon as PostgreSQL answers, and so before any lease runs out. */
  async #unsettled(): Promise<Set<string>> {
    const { db, sequence } = this.#scene.database;
    const emails = await insist(() => unsettledEmails(db));
    return new Set(emails.map(({ email, step_id }) => `${email} ${sequence.subjects.get(step_id)}`));
  }

  #keep(strike: Strike): void {
    this.strikes.push(strike);
    const inFlight = this.#scene.mailServer.copies.filter((copy) => isInFlight(copy, strike));
    this.#say(`${inFlight.length} emails of ${strike.worker} are in flight`);
  }

  #say(line: string): void {
    this.said.push(`${Math.round(performance.now() - this.#begunAt)} ms: ${line}`);
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
