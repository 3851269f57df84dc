import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { say } from './command.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the dashboard where that has not been done, as after an install that ran no scripts. */
export async function ensureDashboard(): Promise<void> {
  if (existsSync(`${ROOT}web/dist/index.html`) || !existsSync(`${ROOT}node_modules/@vitejs/plugin-react`))
    return;
  say('Building the dashboard, once …');
  const vite = spawn(
    process.execPath,
    [`${ROOT}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'error'],
    {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  await new Promise<void>((resolve) => vite.once('close', () => resolve()));
}
