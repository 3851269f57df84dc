import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';
import { createApiKey } from '../../src/auth/api_keys.ts';
import { type Db, isUp, openDatabase } from '../../src/db/database.ts';
import { type EmbeddedPostgres, startEmbedded } from '../../src/db/embedded/embedded.ts';
import { prepareDatabase } from '../../src/ledger/prepare.ts';
import { type Chance, pick } from '../../src/lib/random.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createDatabase, dropDatabase } from '../support/databases.sql.ts';
import { aSequence } from '../support/factories.ts';
import { makeSettlingFailable, sessionsOf } from './rows.sql.ts';
import { until } from './until.ts';

export type CrashDatabase = AsyncDisposable & {
  db: Db;
  connection: PoolConfig & { database: string };
  /** The key with which programs call the API. */
  apiKey: string;
  sequence: { id: string /** Subjects by the ids of their steps. */; subjects: Map<string, string> };
};

const TEMPLATE = 'crash_template';
const SUBJECTS = ['Welcome', 'Tips', 'Offer'];

/** A PostgreSQL that may be killed, and is then started again as the embedded one is. Close it with `await using`. */
export class CrashingPostgres implements AsyncDisposable {
  readonly #dataDir: string;
  readonly #embedded: EmbeddedPostgres;
  readonly #root: Db;
  #template: Pick<CrashDatabase, 'apiKey' | 'sequence'> | undefined;

  static async start(): Promise<CrashingPostgres> {
    const dataDir = await mkdtemp(join(tmpdir(), 'sequitur-crash-'));
    return new CrashingPostgres(dataDir, await startEmbedded({ dataDir, log: () => {} }));
  }

  private constructor(dataDir: string, embedded: EmbeddedPostgres) {
    this.#dataDir = dataDir;
    this.#embedded = embedded;
    // Only a superuser may end an autovacuum that is looking at a database which is to be dropped.
    this.#root = openDatabase({ ...embedded.connection, user: 'postgres', database: 'postgres' }, { max: 1 });
  }

  /** A database with a sequence of three emails that are due one upon the other. */
  async makeDatabase(): Promise<CrashDatabase> {
    this.#template ??= await this.#makeTemplate();
    const database = `crash_${newId().replaceAll('-', '')}`;
    const { user } = this.#embedded.connection;
    await createDatabase(this.#root, { name: database, owner: user, template: TEMPLATE });
    const connection = { ...this.#embedded.connection, database };
    const db = openDatabase(connection, { max: 2, applicationName: 'crash suite' });
    return {
      ...this.#template,
      db,
      connection,
      [Symbol.asyncDispose]: async () => {
        await db.destroy();
        await dropDatabase(this.#root, database);
      },
    };
  }

  /** Kills all of it as a power cut would, or one of the sessions as the system does that is out of memory. */
  async kill(what: 'all of it' | 'one session', database: string, chance: Chance): Promise<void> {
    if (what === 'all of it') {
      const server = this.#embedded.pid;
      const children = await readFile(`/proc/${server}/task/${server}/children`, 'utf8').catch(() => '');
      for (const pid of [server, ...children.trim().split(' ').map(Number)]) kill(pid);
    } else {
      const sessions = await sessionsOf(this.#root, database);
      if (sessions.length > 0) kill(pick(chance, sessions));
    }
  }

  /** Resolves when it answers. */
  async up(): Promise<void> {
    await until('PostgreSQL is back', () => isUp(this.#root));
  }

  async #makeTemplate(): Promise<Pick<CrashDatabase, 'apiKey' | 'sequence'>> {
    const { connection } = this.#embedded;
    await createDatabase(this.#root, { name: TEMPLATE, owner: connection.user });
    const db = openDatabase({ ...connection, database: TEMPLATE });
    try {
      await prepareDatabase(db, { timeZone: 'Europe/Berlin' });
      await makeSettlingFailable(db);
      const steps = SUBJECTS.map((subject) => ({ subject }));
      const { id, steps: made } = await aSequence(db, { steps });
      const createdBy = { kind: 'system', name: 'crash suite' } as const;
      const { secret: apiKey } = await createApiKey(db, { name: 'crash suite', createdBy });
      return { apiKey, sequence: { id, subjects: new Map(made.map((step) => [step.id, step.subject])) } };
    } finally {
      await db.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#root.destroy();
    await this.#embedded.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}

/** Kills a process, unless it has ended meanwhile. */
function kill(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {}
}
