import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Runs the server, which starts anew when its source changes, and in front of it the dashboard as Vite serves it,
 * which takes changes without a reload. Ends when either of them does, or with Ctrl-C.
 */
const ROOT = join(import.meta.dirname, '..');
const DASHBOARD_PORT = '5173';

const server = start(['--watch-path=src', '--watch-path=migrations', 'src/main.ts', 'start'], {
  // The dashboard's address is where browsers come from, so changes made there are let through.
  PUBLIC_URL: `http://localhost:${DASHBOARD_PORT}`,
});
const dashboard = start(['node_modules/vite/bin/vite.js', '--strictPort', '--port', DASHBOARD_PORT], {});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
await Promise.race([once(server, 'exit'), once(dashboard, 'exit')]);
stop('SIGTERM');

function start(args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'inherit',
    // Not in the terminal's group: Ctrl-C would reach the server twice, and the second one ends it at once.
    detached: true,
  });
  child.on('error', (error) => process.stderr.write(`${error.message}\n`));
  return child;
}

function stop(signal: NodeJS.Signals): void {
  for (const child of [server, dashboard]) if (!child.killed && child.exitCode === null) child.kill(signal);
}
