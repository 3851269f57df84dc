import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..');
const SEQUITUR = join(ROOT, 'bin/sequitur');
const readme = await readFile(join(ROOT, 'README.md'), 'utf8');

let folder: string;
let port: number;
let env: Record<string, string>;
let server: ChildProcess;

/** What `npm start` runs, on a data directory of its own whose name has a space. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sequitur readme '));
  // PostgreSQL will not run as root: where root runs the tests, its other account has to reach the data in here.
  await chmod(folder, 0o755);
  port = await freePort();
  env = { ...plainEnvironment(), PORT: String(port), DATA_DIR: join(folder, 'data') };
  await writeFile(join(folder, 'curl'), curl(), { mode: 0o755 });
  server = spawn(SEQUITUR, ['start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  await said(server, 'Sequitur is at');
}, 60_000);

afterAll(async () => {
  server.kill('SIGTERM');
  if (server.exitCode === null) await once(server, 'exit');
  await rm(folder, { recursive: true, force: true });
});

test.each(['From a form to a number', 'Your own sequence', 'Watch it run'])(
  '"%s" prints what it shows',
  async (title) => {
    const section = readme.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
    const blocks = [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, kind, text = '']) => ({
      kind,
      text,
    }));
    expect(blocks.filter(({ kind }) => kind === 'sh').length).toBeGreaterThan(0);
    for (const [i, { kind, text }] of blocks.entries()) {
      if (kind !== 'sh') continue;
      const shown = blocks[i + 1];
      await soon(async () => expectShown(await inShell(text), shown));
    }
  },
  120_000,
);

test('the table of variables is what the configuration reads', async () => {
  const source = await readFile(join(ROOT, 'src/config.ts'), 'utf8');
  const read = [...source.matchAll(/(?:\('|env\.)([A-Z][A-Z_]+)\b/g)].map(([, name]) => name);
  const rows = readme.match(/^\| `[A-Z].*$/gm) ?? [];
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
  );
  expect(new Set(named)).toEqual(new Set(read));
});

test('the table of commands is what the program lists', async () => {
  const { stdout } = await run(SEQUITUR, ['--help'], { env });
  const commands = stdout.split('Commands:\n')[1]?.split('\n\n')[0] ?? '';
  const listed = [...commands.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name);
  const named = [...readme.matchAll(/^\| `([a-z-]+)[^`]*` \|/gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(listed.filter((name) => name !== 'help')));
});

// The mail goes out on its own time, so the first look at it may come too early.
async function soon(check: () => Promise<void>): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
      await wait(200);
    }
  }
}

/** Runs a block as it stands, but for the port, and answers what it printed. What it sets, the next one sees. */
async function inShell(block: string): Promise<string> {
  const script = `set -eu\n${block.replaceAll('localhost:3000', `localhost:${port}`)}\nprintf '\\n%s' "\${KEY:-}"`;
  const { stdout } = await run('sh', ['-c', script], { cwd: ROOT, env });
  const end = stdout.lastIndexOf('\n');
  if (stdout.length > end + 1) env.KEY = stdout.slice(end + 1);
  return stdout.slice(0, end);
}

function expectShown(printed: string, shown: { kind: string | undefined; text: string } | undefined): void {
  if (shown?.kind === 'text') expect(printed.trimEnd()).toBe(shown.text.trimEnd());
  if (shown?.kind === 'json') expect(JSON.parse(printed)).toEqual(asShown(shown.text));
}

/** What an answer must be like where it is shown as `json`: it has more only where that says `…`. */
function asShown(json: string): unknown {
  const marked = json.replaceAll(/,\s*…(\s*[}\]])/g, (_, end: string) =>
    end.includes('}') ? `, "…": true ${end}` : `, "…" ${end}`,
  );
  return JSON.parse(marked, (_, value: unknown) => {
    if (Array.isArray(value) && value.includes('…'))
      return expect.arrayContaining(value.filter((element) => element !== '…'));
    if (!isRecord(value) || !('…' in value)) return value;
    const { '…': _more, ...fields } = value;
    return expect.objectContaining(fields);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function said(child: ChildProcess, words: string): Promise<void> {
  let heard = '';
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The server ended before it said "${words}": ${heard}`);
  });
  const found = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        heard += chunk;
        if (heard.includes(words)) resolve();
      });
  });
  await Promise.race([found, ended]);
  ended.catch(() => {});
}

/** The environment without what would make it another workspace, set here or in a file .env. */
function plainEnvironment(): Record<string, string> {
  const unset = ['DATABASE_URL', 'SMTP_URL', 'MAIL_FROM', 'PUBLIC_URL', 'HOST', 'EXAMPLES', 'TIME_ZONE'];
  const path = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
  return {
    HOME: folder,
    PATH: path,
    ...Object.fromEntries(unset.map((name) => [name, ''])),
    LOG_LEVEL: 'warn',
  };
}

/** Calls the machine's curl, or what stands in for it on a machine without one. */
function curl(): string {
  const instead = `"${process.execPath}" "${join(import.meta.dirname, 'support/curl.ts')}"`;
  return `#!/bin/sh\nreal=$(PATH=\${PATH#*${delimiter}} command -v curl) && exec "$real" "$@"\nexec ${instead} "$@"\n`;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}
