import { execFile } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

export type Machine = {
  cores: number;
  processor: string;
  memory_gb: number;
  system: string;
  node: string;
};

/** What the figures were measured on. */
export function machine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memory_gb: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    node: process.versions.node,
  };
}

/** The commit measured, with a plus sign where the working tree differs from it; `unknown` outside of a clone. */
export async function commit(): Promise<string> {
  try {
    const head = await git('rev-parse', '--short=12', 'HEAD');
    const changes = await git('status', '--porcelain');
    return changes === '' ? head : `${head}+`;
  } catch {
    return 'unknown';
  }
}

async function git(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: import.meta.dirname });
  return stdout.trim();
}
