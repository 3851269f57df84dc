import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { getOrMake } from '../lib/get_or_make.ts';
import { newId } from '../lib/uuid.ts';
import type { Db } from './database.ts';
import { listen, notify } from './notifications.sql.ts';

const GATHER_MS = 50;
// NOTIFY takes 8000 bytes; a value is a UUID or less.
const VALUES_A_MESSAGE = 150;
const PROBE = 'probe';
const RECONNECT_MS = 1000;
// A server that is gone without a word never answers a goodbye.
const STOP_MS = 500;

export type NotificationsOptions = {
  db: Db;
  connection: string | pg.PoolConfig;
  onTrouble: (error: unknown) => void;
};

/**
 * Tells this process and all others that something changed: best effort, a second's polling is the net.
 *
 * Inside a transaction NOTIFY would make commits wait for each other (half the rate was measured), so it goes
 * out afterwards, gathered. This process hears itself at once; LISTEN, on one connection of its own, brings the
 * others, and does without where a pooler in between does not carry it.
 */
export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #self = newId();
  readonly #hearers = new Map<string, Set<(values: string[]) => void>>();
  readonly #beginners: (() => void)[] = [];
  readonly #gathered = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | undefined;
  #client: pg.Client | undefined;
  #isListening = false;
  #isStopped = false;

  constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  /** Whether what other processes announce arrives here at the moment. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** Says that `values` of `topic` changed. Call it after the commit. Gathered, at most 20 messages a second. */
  announce(topic: string, values: string[]): void {
    if (this.#isStopped) return;
    const set = getOrMake(this.#gathered, topic, () => new Set());
    for (const value of values) set.add(value);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  /** Calls `hear` with what any process announced under `topic`, this one included. Returns how to stop. */
  on(topic: string, hear: (values: string[]) => void): () => void {
    const set = getOrMake(this.#hearers, topic, () => new Set());
    set.add(hear);
    return () => set.delete(hear);
  }

  /** Calls `hear` each time that listening begins (again): what was announced before may have been missed. */
  onListening(hear: () => void): void {
    this.#beginners.push(hear);
  }

  start(): void {
    void this.#keepListening();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const said = this.#flush();
    this.#isStopped = true;
    const closed = this.#client?.end().catch(() => {});
    await Promise.race([Promise.all([said, closed]), wait(STOP_MS, undefined, { ref: false })]);
  }

  #flush(): Promise<unknown> {
    this.#timer = undefined;
    const { db, onTrouble } = this.#options;
    const messages = [...this.#gathered].map(([topic, values]) => ({ topic, values: [...values] }));
    this.#gathered.clear();
    for (const { topic, values } of messages) this.#tell(topic, values);
    const parts = messages.flatMap(inParts);
    return Promise.all(parts.map((part) => notify(db, { from: this.#self, ...part }).catch(onTrouble)));
  }

  #tell(topic: string, values: string[]): void {
    for (const hear of this.#hearers.get(topic) ?? []) {
      try {
        hear(values);
      } catch (error) {
        this.#options.onTrouble(error);
      }
    }
  }

  async #keepListening(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#listenOnce();
      } catch (error) {
        if (!this.#isStopped) this.#options.onTrouble(error);
      }
      if (!this.#isStopped) await wait(RECONNECT_MS, undefined, { ref: false });
    }
  }

  async #listenOnce(): Promise<void> {
    const { db, connection } = this.#options;
    const settings = typeof connection === 'string' ? { connectionString: connection } : connection;
    const client = new pg.Client({ keepAlive: true, ...settings });
    this.#client = client;
    const ended = new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('end', () => resolve());
    });
    ended.catch(() => {});
    client.on('notification', ({ payload }) => this.#receive(payload));
    try {
      await client.connect();
      await listen(client);
      await notify(db, { from: this.#self, topic: PROBE, values: [] });
      await ended;
    } finally {
      this.#isListening = false;
      void client.end().catch(() => {});
    }
  }

  #receive(payload: string | undefined): void {
    const message = readMessage(payload);
    if (message?.from === this.#self && message.topic === PROBE) this.#beginListening();
    else if (message && message.from !== this.#self) this.#tell(message.topic, message.values);
  }

  // A pooler in between takes LISTEN and delivers nothing: only a message of our own that arrives is a proof.
  #beginListening(): void {
    this.#isListening = true;
    for (const hear of this.#beginners) hear();
  }
}

type Message = { topic: string; values: string[] };

/** What another process announced; undefined for anything else that somebody says on our channel. */
function readMessage(payload = ''): (Message & { from: string }) | undefined {
  try {
    const message: unknown = JSON.parse(payload);
    return isMessage(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function isMessage(message: unknown): message is Message & { from: string } {
  if (typeof message !== 'object' || message === null) return false;
  const { from, topic, values } = message as Record<string, unknown>;
  const isList = Array.isArray(values) && values.every((value) => typeof value === 'string');
  return typeof from === 'string' && typeof topic === 'string' && isList;
}

function inParts({ topic, values }: Message): Message[] {
  const parts = Math.ceil(values.length / VALUES_A_MESSAGE);
  return Array.from({ length: parts }, (_, i) => ({
    topic,
    values: values.slice(i * VALUES_A_MESSAGE, (i + 1) * VALUES_A_MESSAGE),
  }));
}
