import { execFile } from 'node:child_process';
import { access, constants, glob } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { UNPACKED_CHROMIUM, unpackChromium } from './chromium_unpacked.ts';
import { asRoot, installPackage, isDebian } from './debian.ts';

const run = promisify(execFile);

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const DOWNLOADS = [
  join(homedir(), '.cache/ms-playwright/chromium*/*/{chrome,headless_shell,chrome-headless-shell}'),
  join(homedir(), 'Library/Caches/ms-playwright/chromium*/*/chrome-headless-shell'),
];

/**
 * The path of a Chromium that runs here: what the variable CHROMIUM names, else one on the PATH, an application, one
 * that Playwright downloaded, or one that `ensureChromium` unpacked. Null where there is none.
 */
export async function findChromium(): Promise<string | null> {
  for await (const path of candidates()) if (await doesRun(path)) return path;
  return null;
}

/**
 * Finds a Chromium or gets one by whatever way is open on this machine: from Debian's packages as root or with sudo,
 * by Playwright's download, or from Debian's packages without root, unpacked into node_modules/.cache. Takes from
 * seconds to a few minutes. `log` is told what is going on. Throws an error that says what was tried.
 */
export async function ensureChromium(log: (line: string) => void): Promise<string> {
  const found = await findChromium();
  if (found) return found;
  const failures: string[] = [];
  for (const { doing, install } of await openWays()) {
    log(`No Chromium here yet: ${doing} …`);
    const failure = await install().then(
      () => 'what came does not run',
      (error: Error) => error.message.trim().split('\n').slice(0, 6).join('\n    '),
    );
    const installed = await findChromium();
    if (installed) return installed;
    failures.push(`  ${doing}: ${failure}`);
  }
  throw new Error(
    `These tests need Chromium or Google Chrome. Install one, or name its program in CHROMIUM. Tried:\n${failures.join('\n')}`,
  );
}

async function* candidates(): AsyncGenerator<string> {
  // Only what the variable names, where it is set: a typing mistake in it should not pass unnoticed.
  if (process.env.CHROMIUM) return yield process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const name of NAMES) yield* folders.map((folder) => join(folder, name));
  yield* APPLICATIONS;
  yield chromium.executablePath();
  for (const pattern of DOWNLOADS) yield* glob(pattern);
  yield UNPACKED_CHROMIUM;
}

/** Asks for the version: a program may be there and yet lack its libraries, or be a stub for a package manager. */
async function doesRun(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    await run(path, ['--version'], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

type Way = { doing: string; install: () => Promise<void> };

async function openWays(): Promise<Way[]> {
  const download = { doing: "downloading Playwright's", install: downloadChromium };
  if (!(await isDebian())) return [download];
  const unpack = { doing: "unpacking Debian's into node_modules/.cache", install: unpackChromium };
  const root = await asRoot();
  if (!root) return [unpack, download];
  const doing = root.length === 0 ? 'installing Debian’s' : 'installing Debian’s with sudo';
  const install = { doing, install: () => installPackage(root, 'chromium') };
  return root.length === 0 ? [install, download] : [install, unpack, download];
}

async function downloadChromium(): Promise<void> {
  const cli = join(import.meta.dirname, '../../node_modules/playwright-core/cli.js');
  const args = [cli, 'install', '--only-shell', 'chromium'];
  await run(process.execPath, args, { timeout: 600_000, maxBuffer: 64 * 1024 * 1024 });
}
