import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, runAs } from './account.ts';
import { EmbeddedPostgresError } from './failure.ts';

// Far longer than making a cluster or copying the programs takes. Age was preferred to the maker's process id, which
// means nothing in another container and comes back after a restart.
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Makes a directory of `account`'s, mode 0700, inside `parent`, to be filled and then renamed: what bears its final
 * name is whole, whenever the maker was killed.
 */
export async function makeUnfinished(account: Account, parent: string, purpose: string): Promise<string> {
  const made = await runAs(account, 'mktemp', ['-d', join(parent, `${purpose}.unfinished-XXXXXX`)]);
  if (made.code === 0) return made.stdout.trimEnd();
  throw new EmbeddedPostgresError(`Cannot make a directory in ${parent}: ${made.stderr.trim()}`);
}

/** Removes what earlier makers, killed at their work, left in `parent`. Never fails: leftovers only take room. */
export async function sweepUnfinished(account: Account, parent: string, purpose: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((entry) => entry.startsWith(`${purpose}.unfinished-`))) {
    const changed = await stat(join(parent, name)).catch(() => undefined);
    if (changed && Date.now() - changed.mtimeMs > ABANDONED_AFTER_MS)
      await discard(account, join(parent, name));
  }
}

/** Removes a directory of `account`'s with all that it holds, as that account. */
export async function discard(account: Account, dir: string): Promise<void> {
  await runAs(account, 'rm', ['-rf', dir]);
}
