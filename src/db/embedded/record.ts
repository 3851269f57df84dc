import { readFile } from 'node:fs/promises';
import { type Account, runAs } from './account.ts';
import { codeOf, EmbeddedPostgresError, reasonOf } from './failure.ts';

/** The path kept in the one-line file `file`, or undefined when there is no such file. Throws when it cannot be read. */
export async function readRecord(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trimEnd() || undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new EmbeddedPostgresError(`Cannot read ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Keeps `path` in `file` unless another process was first, and returns what is kept then. The file appears whole or
 * not at all: it is written under another name and linked, and a link never replaces what is there.
 */
export async function recordOnce(account: Account, file: string, path: string): Promise<string> {
  const written = await runAs(account, '/bin/sh', ['-c', RECORD, 'sh', path, file, `${file}.${process.pid}`]);
  const kept = await readRecord(file);
  if (kept === undefined) throw new EmbeddedPostgresError(`Cannot write ${file}: ${written.stderr.trim()}`);
  return kept;
}

const RECORD = 'umask 077; printf "%s\\n" "$1" > "$3" && ln "$3" "$2"; rm -f "$3"';
