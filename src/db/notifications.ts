import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { getOrMake } from '../lib/get_or_make.ts';
import { newId } from '../lib/uuid.ts';
import type { Db } from './database.ts';
import { listen, notify } from './notifications.sql.ts';

/** Tells this process and all others that something changed: best effort, a second's polling is the net. */
export type Notifications = {
  /** Says that `values` of `topic` changed. Call it after the commit. Gathered, at most 20 messages a second. */
  announce(topic: string, values: string[]): void;
  /** Calls `hear` with what any process announced under `topic`, this one included. Returns how to stop. */
  on(topic: string, hear: (values: string[]) => void): () => void;
  /** Whether what other processes announce arrives here at the moment. */
  isListening(): boolean;
  /** Calls `hear` each time that listening begins (again): what was announced before may have been missed. */
  onListening(hear: () => void): void;
  start(): void;
  stop(): Promise<void>;
};

const GATHER_MS = 50;
// NOTIFY takes 8000 bytes; a value is a UUID or less.
const VALUES_A_MESSAGE = 150;
const PROBE = 'probe';
const RECONNECT_MS = 1000;
// A server that is gone without a word never answers a goodbye.
const STOP_MS = 500;

/**
 * Inside a transaction NOTIFY would make commits wait for each other (half the rate was measured), so it goes
 * out afterwards, gathered. This process hears itself at once; LISTEN, on one connection of its own, brings the
 * others, and does without where a pooler in between does not carry it.
 */
export function openNotifications(options: {
  db: Db;
  connection: string | pg.PoolConfig;
  onTrouble: (error: unknown) => void;
}): Notifications {
  const { db, connection, onTrouble } = options;
  const self = newId();
  const hearers = new Map<string, Set<(values: string[]) => void>>();
  const gathered = new Map<string, Set<string>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let client: pg.Client | undefined;
  let listening = false;
  const beginners: (() => void)[] = [];

  function tell(topic: string, values: string[]): void {
    for (const hear of hearers.get(topic) ?? []) {
      try {
        hear(values);
      } catch (error) {
        onTrouble(error);
      }
    }
  }

  function flush(): Promise<unknown> {
    timer = undefined;
    const messages = [...gathered].map(([topic, values]) => ({ topic, values: [...values] }));
    gathered.clear();
    for (const { topic, values } of messages) tell(topic, values);
    const sent = messages
      .flatMap(inParts)
      .map((message) => notify(db, { from: self, ...message }).catch(onTrouble));
    return Promise.all(sent);
  }

  function receive(payload: string | undefined): void {
    const message = readMessage(payload);
    if (message?.from === self && message.topic === PROBE) beginListening();
    else if (message && message.from !== self) tell(message.topic, message.values);
  }

  // A pooler in between takes LISTEN and delivers nothing: only a message of our own that arrives is a proof.
  function beginListening(): void {
    listening = true;
    for (const hear of beginners) hear();
  }

  async function keepListening(): Promise<void> {
    while (!stopped) {
      try {
        await listenOnce();
      } catch (error) {
        if (!stopped) onTrouble(error);
      }
      if (!stopped) await wait(RECONNECT_MS, undefined, { ref: false });
    }
  }

  async function listenOnce(): Promise<void> {
    const settings = typeof connection === 'string' ? { connectionString: connection } : connection;
    const opened = new pg.Client({ keepAlive: true, ...settings });
    client = opened;
    const ended = new Promise<void>((resolve, reject) => {
      opened.on('error', reject);
      opened.on('end', () => resolve());
    });
    ended.catch(() => {});
    opened.on('notification', ({ payload }) => receive(payload));
    try {
      await opened.connect();
      await listen(opened);
      await notify(db, { from: self, topic: PROBE, values: [] });
      await ended;
    } finally {
      listening = false;
      void opened.end().catch(() => {});
    }
  }

  return {
    announce(topic, values) {
      if (stopped) return;
      const set = getOrMake(gathered, topic, () => new Set());
      for (const value of values) set.add(value);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    on(topic, hear) {
      const set = getOrMake(hearers, topic, () => new Set());
      set.add(hear);
      return () => set.delete(hear);
    },
    isListening: () => listening,
    onListening(hear) {
      beginners.push(hear);
    },
    start() {
      void keepListening();
    },
    async stop() {
      clearTimeout(timer);
      const said = flush();
      stopped = true;
      const closed = client?.end().catch(() => {});
      await Promise.race([Promise.all([said, closed]), wait(STOP_MS, undefined, { ref: false })]);
    },
  };
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
