import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BenchContext } from './bench.ts';
import { freePort } from './program.ts';

/** A mail server in a process of its own, which takes every mail and throws it away. */
export type Sink = { name: string; port: number };

/** Postfix's `smtp-sink` where there is one, which costs the machine least; else our own. */
export async function startSink(context: BenchContext): Promise<Sink> {
  const program = findProgram('smtp-sink');
  return program ? startPostfixSink(context, program) : startOwnSink(context);
}

/** Our own sink, which remembers when it took which recipient's mail. */
export type WatchedSink = Sink & {
  /** By recipient, when the mail was accepted, in milliseconds since 1970. Forgets what it has told. */
  taken: () => Promise<Map<string, number>>;
};

export async function startOwnSink({ afterwards }: BenchContext): Promise<WatchedSink> {
  const sink = fork(join(import.meta.dirname, 'sink_process.ts'), { stdio: 'inherit' });
  afterwards(() => ended(sink));
  const [port] = (await once(sink, 'message')) as [number];
  return {
    name: 'our own',
    port,
    async taken() {
      sink.send('taken');
      const [entries] = (await once(sink, 'message')) as [[string, number][]];
      return new Map(entries);
    },
  };
}

// Debian installs it where only root looks.
const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

function findProgram(name: string): string | undefined {
  return PLACES.map((place) => join(place, name)).find(existsSync);
}

async function startPostfixSink({ afterwards, signal }: BenchContext, program: string): Promise<Sink> {
  const port = await freePort();
  // It does not run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const sink = spawn(program, [...user, `127.0.0.1:${port}`, '128'], { stdio: 'inherit' });
  afterwards(() => ended(sink));
  while (!(await listens(port))) {
    signal.throwIfAborted();
    if (sink.exitCode !== null) throw new Error(`${program} ended with exit code ${sink.exitCode}.`);
    await pause(10);
  }
  return { name: 'smtp-sink', port };
}

function listens(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

async function ended(sink: ChildProcess): Promise<void> {
  if (sink.exitCode !== null || sink.signalCode !== null) return;
  sink.kill('SIGTERM');
  await once(sink, 'exit');
}
