import { setTimeout as wait } from 'node:timers/promises';
import { getOrMake } from '../lib/get_or_make.ts';
import type { Db } from './database.ts';
import { type Message, notify } from './notifications.sql.ts';

// NOTIFY takes less than 8,000.
const MESSAGE_BYTES = 7_900;
const RETRY_MS = 200;
// A connection that was dropped without a word would hold everything up: what is not answered is said on another.
const ANSWER_MS = 3_000;
// Of one topic. What gathers while the database is away must not fill the memory, nor go out as hundreds of messages.
const MOST_VALUES = 10_000;
// Has all counts read anew. Whoever hears of anything else also looks for it now and then.
const FORGET = 'forget';

export type AnnouncementsOptions = {
  db: Db;
  /** Who says it. */
  from: string;
  onTrouble: (error: unknown) => void;
};

/**
 * What other processes are yet to be told. They keep their answers for minutes where they are not, so what could not be
 * said is said again until it was; that may be twice, which does no harm. Only one message is under way at a time: a
 * database that is away is asked by one statement, and not by hundreds.
 */
export class Announcements {
  readonly #options: AnnouncementsOptions;
  readonly #unsaid = new Map<string, Set<string>>();
  #saying: Promise<void> | undefined;
  #isTroubled = false;
  #isClosed = false;

  constructor(options: AnnouncementsOptions) {
    this.#options = options;
  }

  /** Keeps these for the next `say`. Of a topic with more than 10,000 values, `forget` is said instead. */
  add(said: Message['said']): void {
    for (const { topic, values } of said) {
      const set = getOrMake(this.#unsaid, topic, () => new Set());
      for (const value of values) set.add(value);
      if (set.size <= MOST_VALUES) continue;
      this.#unsaid.delete(topic);
      this.#unsaid.set(FORGET, new Set(['']));
    }
  }

  /** Resolves when all is said; after `close` also when it could not be. Trouble is told once, until it is over. */
  say(): Promise<void> {
    if (this.#unsaid.size > 0) this.#saying ??= this.#sayAll();
    return this.#saying ?? Promise.resolve();
  }

  /** Has what cannot be said from here on be tried once. */
  close(): void {
    this.#isClosed = true;
  }

  async #sayAll(): Promise<void> {
    while (this.#unsaid.size > 0) {
      if (await this.#sayOnce()) continue;
      if (this.#isClosed) break;
      await wait(RETRY_MS, undefined, { ref: false });
    }
    // Together with the last look: what comes after it begins anew.
    this.#saying = undefined;
  }

  /** Whether all that was there is said; what is not is there again. */
  async #sayOnce(): Promise<boolean> {
    const said = [...this.#unsaid].map(([topic, values]) => ({ topic, values: [...values] }));
    this.#unsaid.clear();
    const messages = inMessages(this.#options.from, said);
    for (const [i, message] of messages.entries()) {
      if (await this.#isSaid(message)) continue;
      for (const { said } of messages.slice(i)) this.add(said);
      return false;
    }
    return true;
  }

  async #isSaid(message: Message): Promise<boolean> {
    const { db, onTrouble } = this.#options;
    const inTime = notify(db, message).then(() => true);
    try {
      const isSaid = await Promise.race([inTime, wait(ANSWER_MS, false, { ref: false })]);
      if (isSaid) this.#isTroubled = false;
      return isSaid;
    } catch (error) {
      if (!this.#isTroubled && !this.#isClosed) onTrouble(error);
      this.#isTroubled = true;
      return false;
    }
  }
}

/** What was said, in its order and in as few messages as its size allows. */
function inMessages(from: string, said: Message['said']): Message[] {
  const messages: Message[] = [];
  let room = 0;
  for (const { topic, value } of said.flatMap(apart)) {
    const bytes = bytesOf(value);
    const open = messages.at(-1)?.said.at(-1);
    if (open?.topic === topic && bytes <= room) {
      open.values.push(value);
      room -= bytes;
      continue;
    }
    const withTopic = bytesOf({ topic, values: [] }) + bytes;
    if (withTopic > room) {
      messages.push({ from, said: [] });
      room = MESSAGE_BYTES - bytesOf({ from, said: [] });
    }
    messages.at(-1)?.said.push({ topic, values: [value] });
    room -= withTopic;
  }
  return messages;
}

function apart({ topic, values }: Message['said'][number]): { topic: string; value: string }[] {
  return values.map((value) => ({ topic, value }));
}

/** Of something in JSON, and the comma that may follow it. */
function bytesOf(something: unknown): number {
  return Buffer.byteLength(JSON.stringify(something)) + 1;
}
