import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program of this machine lies; undefined where it is not installed. Looks where only root's PATH does, too. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
