import { execFile } from 'node:child_process';
import { glob, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether this is Debian itself: names of packages differ elsewhere, and Ubuntu's Chromium only points to a snap. */
export async function isDebian(): Promise<boolean> {
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID=debian$/m.test(system);
}

/** What goes in front of a command to become root, without a question; null where that is not open. */
export async function asRoot(): Promise<string[] | null> {
  if (process.getuid?.() === 0) return [];
  return run('sudo', ['-n', 'true']).then(
    () => ['sudo', '-n'],
    () => null,
  );
}

const ATTEMPTS = 3;
const TIME = { timeout: 600_000, maxBuffer: 64 * 1024 * 1024 };

/** Installs a package; `root` is what `asRoot` gave. Throws what apt-get says. */
export async function installPackage(root: string[], name: string): Promise<void> {
  const apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=300', '-y', '--no-install-recommends'];
  const runAll = ([program = '', ...args]: string[]) => run(program, args, TIME);
  for (let attempt = 1; ; attempt++) {
    try {
      // Lists that cannot be fetched, or are locked by another apt-get, may be new enough all the same.
      await runAll([...root, ...apt, 'update']).catch(() => {});
      await runAll([...root, 'env', 'DEBIAN_FRONTEND=noninteractive', ...apt, 'install', name]);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Gets a package without being root: downloads it with everything that it needs and this machine lacks into
 * `folder`/apt, and unpacks all of it beside each other into `folder`/root. Throws what apt-get or dpkg-deb say.
 */
export async function unpackPackage(name: string, folder: string): Promise<void> {
  const apt = join(folder, 'apt');
  const root = join(folder, 'root');
  await download(name, apt);
  await mkdir(root);
  for await (const archive of glob(`${apt}/cache/archives/*.deb`)) {
    await run('dpkg-deb', ['--extract', archive, root]);
  }
}

async function download(name: string, folder: string): Promise<void> {
  for (const needed of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder, needed), { recursive: true });
  }
  const options = [`Dir::State=${folder}/state`, `Dir::Cache=${folder}/cache`, 'Debug::NoLocking=true'];
  const apt = (...args: string[]) =>
    run('apt-get', [...options.flatMap((option) => ['-o', option]), '-y', ...args], TIME);
  // A machine may run hooks after it that are for root alone; what matters is whether the lists have come.
  await apt('update').catch(() => {});
  await apt('install', '--no-install-recommends', '--download-only', name);
}
