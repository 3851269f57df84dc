import { createServer } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';
import { Failure } from './command.ts';

export type Place = { host: string; port: number };

/** The option `--port` of the commands that listen. */
export function portOption(): Option {
  return new Option('--port <port>', 'where to listen, 0 for a free one; default: PORT, else 3000').argParser(
    parsePort,
  );
}

/** A port that was given on the command line, 0 for a free one. Throws what commander shows. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

/**
 * The port to listen on: the one that is asked for, if it is free, or a free one for 0. Throws a Failure where it cannot
 * be had. Asked before anything else is done, since making up a demo only to find the port taken would be a pity.
 */
export async function findPort({ host, port }: Place): Promise<number> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(port, host, resolve));
  } catch (error) {
    throw portFailure(error, { host, port });
  }
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (!address || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}

/** The Failure for what listening threw; that itself where nobody can do anything about it. */
export function portFailure(error: unknown, { host, port }: Place): unknown {
  const { code } = error as { code?: string };
  if (code === 'EADDRINUSE')
    return new Failure(
      `Port ${port} on ${host} is in use. Stop what uses it, or choose another one with --port or PORT.`,
    );
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return new Failure(
      `HOST ${host} is no address of this machine. Set it to one, such as 127.0.0.1 or 0.0.0.0.`,
    );
  if (code === 'EACCES')
    return new Failure(
      `Port ${port} is not allowed for this user. Choose one over 1023 with --port or PORT.`,
    );
  return error;
}
