import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { BUILT_FROM, dashboardSources } from '../../scripts/dashboard_sources.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(ROOT, 'node_modules/.cache');

/** Where the server looks for the dashboard. */
export const DASHBOARD = join(ROOT, 'web/dist');

/** Whether the dashboard that is served was built from the sources as they are now. */
export async function isDashboardFresh(): Promise<boolean> {
  const builtFrom = await readFile(join(DASHBOARD, BUILT_FROM), 'utf8').catch(() => null);
  return builtFrom === (await dashboardSources());
}

/**
 * Builds the dashboard unless it is fresh, so that tests in a browser never see an older one. Any number of processes
 * may do so at once, beside tests that run: each builds for itself and `publish`es. Takes some seconds. Throws what
 * Vite says.
 */
export async function ensureFreshDashboard(log: (line: string) => void): Promise<void> {
  if (await isDashboardFresh()) return;
  log('The dashboard has changed since it was built: building it …');
  await mkdir(CACHE, { recursive: true });
  const built = await mkdtemp(join(CACHE, 'dashboard-'));
  try {
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    // Vitest's own NODE_ENV would make it a build for development, half as large again.
    const env = { ...process.env, NODE_ENV: 'production' };
    await run(process.execPath, [vite, 'build', '--outDir', built, '--logLevel', 'warn'], { cwd: ROOT, env });
    await publish(built);
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

/**
 * Puts a build in place without taking anything away: whoever has the older index.html still finds all that it names,
 * whose names tell contents. The page comes last, and what says of which sources it is, after it.
 */
async function publish(built: string): Promise<void> {
  const entries = await readdir(built, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => relative(built, join(parentPath, name)));
  for (const path of [...paths.filter((path) => !LAST.includes(path)), ...LAST])
    await replace(join(built, path), join(DASHBOARD, path));
}

const LAST = ['index.html', BUILT_FROM];

// In one step: somebody may be reading it, and another process writing the same.
async function replace(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const beside = `${to}.${process.pid}`;
  await copyFile(from, beside);
  await rename(beside, to);
}
