import { createServer } from 'node:net';
import { Failure } from './command.ts';

export type Place = { host: string; port: number };

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
    return new Failure(`Port ${port} on ${host} is in use. Stop what uses it, or set PORT to another one.`);
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return new Failure(
      `HOST ${host} is no address of this machine. Set it to one, such as 127.0.0.1 or 0.0.0.0.`,
    );
  if (code === 'EACCES')
    return new Failure(`Port ${port} is not allowed for this user. Set PORT to one over 1023.`);
  return error;
}
