import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LAUNCHER = join(import.meta.dirname, '../../bin/sequitur');
const PINNED = `node_modules/node-linux-${process.arch}/bin`;
const ECHO = `const given: string[] = process.argv.slice(2);
console.log(JSON.stringify({ node: process.execPath, given, pid: process.pid }));
if (given[0] === 'wait') setInterval(() => {}, 1_000);`;

let parent: string;
let root: string;

/** A clone whose main.ts tells how it was called, in a directory with a space in its name. */
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sequitur launcher '));
  root = join(parent, 'a clone');
  for (const dir of ['bin', 'src', 'node_modules', 'path']) await mkdir(join(root, dir), { recursive: true });
  await copyFile(LAUNCHER, join(root, 'bin/sequitur'));
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  await writeFile(join(root, 'src/main.ts'), ECHO);
});

afterEach(async () => {
  await rm(parent, { recursive: true });
});

/** Puts a program called node into `dir` that says it is `version`, and otherwise runs this very Node. */
async function installNode(dir: string, version: string): Promise<void> {
  await mkdir(join(root, dir), { recursive: true });
  const script = `#!/bin/sh\n[ "$1" = --version ] && { echo ${version}; exit; }\necho ${dir.replaceAll(' ', '')}\nexec '${process.execPath}' "$@"\n`;
  await writeFile(join(root, dir, 'node'), script, { mode: 0o755 });
}

type Run = { code: number; out: string[]; err: string };

function launch(file: string, args: string[]): Promise<Run> {
  const env = { PATH: `${join(root, 'path')}:/usr/bin:/bin`, CDPATH: '/tmp' };
  return new Promise((resolve) => {
    execFile(file, args, { cwd: parent, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: out.trimEnd().split('\n'), err });
    });
  });
}

test.runIf(process.platform === 'linux')('takes the Node that npm installed beside it', async () => {
  await installNode(PINNED, 'v24.21.0');
  await installNode('path', 'v26.0.0');
  const { out } = await launch(join(root, 'bin/sequitur'), []);
  expect(out[0]).toBe(PINNED);
});

test('takes a recent Node on the PATH where none was installed, or where that one does not run', async () => {
  await installNode('path', 'v24.0.0');
  expect((await launch(join(root, 'bin/sequitur'), [])).out[0]).toBe('path');
  await mkdir(join(root, PINNED), { recursive: true });
  await writeFile(join(root, PINNED, 'node'), 'no program at all', { mode: 0o755 });
  expect((await launch(join(root, 'bin/sequitur'), [])).out[0]).toBe('path');
});

test('says what is missing where the only Node is too old', async () => {
  await installNode('path', 'v20.20.2');
  const { code, err } = await launch(join(root, 'bin/sequitur'), []);
  expect(code).toBe(1);
  expect(err).toContain('needs Node 24 or later and found v20.20.2');
});

test('says that npm ci comes first', async () => {
  await rm(join(root, 'node_modules'), { recursive: true });
  const { code, err } = await launch(join(root, 'bin/sequitur'), []);
  expect(code).toBe(1);
  expect(err).toContain(`Run npm ci in ${root}`);
});

test('is found through a chain of links, relative and absolute, and passes every argument on as it is', async () => {
  await installNode('path', 'v24.21.0');
  await symlink('a clone/bin/sequitur', join(parent, 'first'));
  await symlink(join(parent, 'first'), join(root, 'second'));
  const args = ['sql', "SELECT 'a  b'", '', '--help', '*'];
  const { out } = await launch(join(root, 'second'), args);
  expect(JSON.parse(out[1] ?? '')).toMatchObject({ given: args });
  expect(JSON.parse((await launch('./first', args)).out[1] ?? '')).toMatchObject({ given: args });
});

test('becomes the Node process itself, so that a signal reaches it', async () => {
  await installNode('path', 'v24.21.0');
  const env = { PATH: `${join(root, 'path')}:/usr/bin:/bin` };
  const child: ChildProcess = spawn(join(root, 'bin/sequitur'), ['wait'], { env });
  const exit = once(child, 'exit');
  try {
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    while (!out.includes('}')) await once(child.stdout ?? child, 'data');
    expect(JSON.parse(out.split('\n')[1] ?? '')).toMatchObject({ pid: child.pid });
  } finally {
    child.kill('SIGTERM');
  }
  expect(await exit).toEqual([null, 'SIGTERM']);
});
