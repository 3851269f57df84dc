import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** The name of the file in a built dashboard that says what it was built from: what `dashboardSources` gave then. */
export const BUILT_FROM = 'built-from.txt';

/**
 * A digest (hex) of everything that a build of the dashboard depends on: its sources, Vite's configuration and the
 * locked packages. Of contents, not times: a fresh clone and a change of branch set times as they like.
 */
export async function dashboardSources(): Promise<string> {
  const patterns = ['web/index.html', 'web/{src,public}/**/*.*', 'vite.config.ts', 'package-lock.json'];
  const files: string[] = [];
  for await (const file of glob(patterns, { cwd: ROOT })) files.push(file);
  const digest = createHash('sha256');
  for (const file of files.sort()) {
    digest.update(`${file}\0`);
    digest.update(await readFile(join(ROOT, file)));
    digest.update('\0');
  }
  return digest.digest('hex');
}
