import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { asRoot, installPackage, isDebian, unpackPackage } from './debian.ts';

const run = promisify(execFile);

const FOLDER = join(import.meta.dirname, '../../node_modules/.cache/python');

/**
 * The path of a Python (3.9 or later) that runs here: what the variable PYTHON names, else one on the PATH, else
 * Debian's, which is installed as root or with sudo, or else unpacked into node_modules/.cache. Takes up to a minute
 * where it has to be fetched. Throws an error that says what was tried.
 */
export async function ensurePython(): Promise<string> {
  const found = await findPython();
  if (found) return found;
  const failure = await getPython().then(
    () => 'what came does not run',
    (error: Error) => error.message.trim().split('\n').slice(0, 6).join('\n  '),
  );
  const got = await findPython();
  if (got) return got;
  throw new Error(
    `This test runs the guide's Python. Install Python 3.9 or later, or name it in PYTHON. Tried to get it:\n  ${failure}`,
  );
}

async function findPython(): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const there = [...folders.map((folder) => join(folder, 'python3')), join(FOLDER, 'python3')];
  // Only what the variable names, where it is set: a typing mistake in it should not pass unnoticed.
  for (const path of process.env.PYTHON ? [process.env.PYTHON] : there) if (await doesRun(path)) return path;
  return null;
}

/** Runs what the guide needs of it: a program may be there and yet be a stub, or lack its library. */
async function doesRun(path: string): Promise<boolean> {
  const needs = 'import csv, json, sys, urllib.request; sys.exit(sys.version_info < (3, 9))';
  try {
    await access(path, constants.X_OK);
    await run(path, ['-c', needs], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

async function getPython(): Promise<void> {
  if (!(await isDebian()))
    throw new Error('only Debian’s packages are known here, and this is another system');
  const root = await asRoot();
  if (root) return installPackage(root, 'python3');
  await mkdir(dirname(FOLDER), { recursive: true });
  const work = await mkdtemp(`${FOLDER}-`);
  try {
    await unpackPackage('python3', work);
    await rm(join(work, 'apt'), { recursive: true });
    await writeFile(join(work, 'python3'), LAUNCHER, { mode: 0o755 });
    await rm(FOLDER, { recursive: true, force: true });
    await rename(work, FOLDER);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

// Relative to itself, so that the clone may be moved.
const LAUNCHER = `#!/bin/sh
here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd) || exit 1
for folder in "$here"/root/lib/*-linux-gnu "$here"/root/usr/lib/*-linux-gnu; do
  [ -d "$folder" ] && LD_LIBRARY_PATH=\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder
done
export LD_LIBRARY_PATH
PYTHONHOME="$here/root/usr" exec "$here/root/usr/bin/python3" "$@"
`;
