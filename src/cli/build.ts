import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Failure } from './command.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Builds the dashboard where that has not been done, as after an install that ran no scripts. Throws a Failure where that
 * does not succeed: a server without its dashboard would look as if it worked.
 */
export async function ensureDashboard(announce: (line: string) => void): Promise<void> {
  if (existsSync(`${ROOT}web/dist/index.html`) || !existsSync(`${ROOT}node_modules/@vitejs/plugin-react`))
    return;
  announce('Building the dashboard, once …');
  const ended = await runVite();
  if (ended !== 0)
    throw new Failure(
      `The dashboard could not be built (${ended}). Run npm run build in ${ROOT} to see why, and start again.`,
    );
}

/** Its exit code, or what ended or prevented it. Its own complaints go to standard error. */
function runVite(): Promise<number | string | null> {
  const args = [`${ROOT}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'error'];
  const vite = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  return new Promise((resolve) => {
    vite.once('error', ({ message }) => resolve(message));
    vite.once('close', (code, signal) => resolve(code ?? signal));
  });
}
