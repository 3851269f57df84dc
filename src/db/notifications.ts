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
  start(): void;
  stop(): Promise<void>;
};

const GATHER_MS = 50;
// NOTIFY takes 8000 bytes; a value is a UUID or less.
const VALUES_A_MESSAGE = 150;
const RECONNECT_MS = 1000;

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

  function tell(topic: string, values: string[]): void {
    for (const hear of hearers.get(topic) ?? []) hear(values);
  }

  function flush(): void {
    timer = undefined;
    const messages = [...gathered].map(([topic, values]) => ({ topic, values: [...values] }));
    gathered.clear();
    for (const { topic, values } of messages) tell(topic, values);
    for (const message of messages.flatMap(inParts)) notify(db, { from: self, ...message }).catch(onTrouble);
  }

  function receive(payload: string | undefined): void {
    const message = JSON.parse(payload ?? '{}') as { from?: string; topic: string; values: string[] };
    if (message.from && message.from !== self) tell(message.topic, message.values);
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
    const opened = new pg.Client(
      typeof connection === 'string' ? { connectionString: connection } : connection,
    );
    client = opened;
    const ended = new Promise<void>((resolve, reject) => {
      opened.on('error', reject);
      opened.on('end', () => resolve());
    });
    ended.catch(() => {});
    opened.on('notification', ({ payload }) => receive(payload));
    await opened.connect();
    await listen(opened);
    await ended;
  }

  return {
    announce(topic, values) {
      const set = getOrMake(gathered, topic, () => new Set());
      for (const value of values) set.add(value);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    on(topic, hear) {
      const set = getOrMake(hearers, topic, () => new Set());
      set.add(hear);
      return () => set.delete(hear);
    },
    start() {
      void keepListening();
    },
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}

function inParts({
  topic,
  values,
}: {
  topic: string;
  values: string[];
}): { topic: string; values: string[] }[] {
  const parts = Math.ceil(values.length / VALUES_A_MESSAGE);
  return Array.from({ length: parts }, (_, i) => ({
    topic,
    values: values.slice(i * VALUES_A_MESSAGE, (i + 1) * VALUES_A_MESSAGE),
  }));
}
