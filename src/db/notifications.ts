import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { getOrMake } from '../lib/get_or_make.ts';
import { newId } from '../lib/uuid.ts';
import { Announcements } from './announcements.ts';
import { type Db, WATCHED } from './database.ts';
import { listen, type Message, notify } from './notifications.sql.ts';

const GATHER_MS = 50;
const PROOF = 'probe';
const LOOK_MS = 5_000;
const ANSWER_MS = 3_000;
// With the gathering, what was announced is heard, or known to be missing, within a second.
const FRESH_MS = 700;
const FRESH_ANSWER_MS = 200;
const RECONNECT_MS = 1000;
// A server that is gone without a word never answers a goodbye.
const STOP_MS = 500;

export type NotificationsOptions = {
  db: Db;
  connection: string | pg.PoolConfig;
  onTrouble: (error: unknown) => void;
};

/**
 * Tells this process and all others that something changed. What a process had not said yet when it died is lost:
 * whoever takes its lanes over says that anything may have changed, and workers look by themselves every few seconds, the net for the rest.
 *
 * Inside a transaction NOTIFY would make commits wait for each other (half the rate was measured), so it goes out
 * afterwards, gathered, and again where it failed. This process hears itself at once; LISTEN, on one connection of its
 * own, brings the others, and does without where a pooler in between does not carry it. That connection is asked every
 * five seconds whether it is there, and whenever somebody relies on it, since one that is dropped without a word would
 * look like one on which nothing is said.
 */
export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #self = newId();
  readonly #hearers = new Map<string, Set<(values: string[]) => void>>();
  readonly #beginners: (() => void)[] = [];
  readonly #gathered = new Map<string, Set<string>>();
  readonly #announcements: Announcements;
  #timer: NodeJS.Timeout | undefined;
  #client: pg.Client | undefined;
  #isListening = false;
  #isStopped = false;
  /** When the newest question was sent that the listening connection has answered, by `performance.now()`. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(options: NotificationsOptions) {
    this.#options = options;
    const { db, onTrouble } = options;
    this.#announcements = new Announcements({ db, from: this.#self, onTrouble });
  }

  /** Whether what other processes announce arrives here at the moment. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /**
   * Whether everything that others announced until a second ago has arrived here. Where that is not known, the
   * listening connection is asked, for a fifth of a second at most: its answer comes behind what was announced before.
   */
  isUpToDate(): boolean | Promise<boolean> {
    if (!this.#isListening) return false;
    if (performance.now() - this.#answeredAt < FRESH_MS) return true;
    return this.#askSoon();
  }

  /**
   * Says that `values` of `topic`, ids or short names, changed. Call it after the commit. Gathered, all topics together:
   * at most 20 messages a second, but for what is too large for one, which is some 200 ids. After `stop` only other
   * processes hear it.
   */
  announce(topic: string, values: string[]): void {
    if (this.#isStopped) return this.#announceLate(topic, values);
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
    this.#announcements.close();
  }

  #flush(): Promise<void> {
    this.#timer = undefined;
    const said = [...this.#gathered].map(([topic, values]) => ({ topic, values: [...values] }));
    this.#gathered.clear();
    this.#announcements.add(said);
    this.#tellAll(said);
    return this.#announcements.say();
  }

  // A commit that ended after its process was told to stop: those who hear it here may be closed by now.
  #announceLate(topic: string, values: string[]): void {
    this.#announcements.add([{ topic, values }]);
    void this.#announcements.say();
  }

  #tellAll(said: Message['said']): void {
    for (const { topic, values } of said) this.#tell(topic, values);
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
    const { connection } = this.#options;
    const settings = typeof connection === 'string' ? { connectionString: connection } : connection;
    const client = new pg.Client({ ...WATCHED, query_timeout: ANSWER_MS, ...settings });
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
      await Promise.race([ended, this.#prove(), this.#askForEver(client)]);
    } finally {
      this.#isListening = false;
      // What it may still bring proves nothing of the next one.
      client.removeAllListeners('notification');
      void client.end().catch(() => {});
    }
  }

  /** Fails when the server does not answer in time. */
  async #askForEver(client: pg.Client): Promise<never> {
    for (;;) {
      await wait(LOOK_MS, undefined, { ref: false });
      await this.#ask(client);
    }
  }

  async #askSoon(): Promise<boolean> {
    if (!this.#client) return false;
    const answered = this.#ask(this.#client).then(
      () => this.#isListening,
      () => false,
    );
    return Promise.race([answered, wait(FRESH_ANSWER_MS, false, { ref: false })]);
  }

  /** One question at a time: whoever asks while one is under way waits for its answer. */
  #ask(client: pg.Client): Promise<void> {
    this.#asking ??= this.#askNow(client).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askNow(client: pg.Client): Promise<void> {
    const sentAt = performance.now();
    // Not a SELECT: to whoever looks at the server's sessions this one goes on to be the one that listens.
    await listen(client);
    this.#answeredAt = sentAt;
  }

  // A pooler in between takes LISTEN and delivers nothing: only a message of our own that arrives is a proof.
  async #prove(): Promise<never> {
    await notify(this.#options.db, { from: this.#self, said: [{ topic: PROOF, values: [] }] });
    return new Promise(() => {});
  }

  #receive(payload: string | undefined): void {
    const message = readMessage(payload);
    if (!message) return;
    if (message.from !== this.#self) this.#tellAll(message.said);
    else if (message.said.some(({ topic }) => topic === PROOF)) this.#beginListening();
  }

  #beginListening(): void {
    this.#isListening = true;
    for (const hear of this.#beginners) hear();
  }
}

/** What another process announced; undefined for anything else that somebody says on our channel. */
function readMessage(payload = ''): Message | undefined {
  try {
    const message: unknown = JSON.parse(payload);
    return isMessage(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function isMessage(message: unknown): message is Message {
  if (typeof message !== 'object' || message === null) return false;
  const { from, said } = message as Record<string, unknown>;
  return typeof from === 'string' && Array.isArray(said) && said.every(isSaid);
}

function isSaid(said: unknown): boolean {
  if (typeof said !== 'object' || said === null) return false;
  const { topic, values } = said as Record<string, unknown>;
  return (
    typeof topic === 'string' && Array.isArray(values) && values.every((value) => typeof value === 'string')
  );
}
