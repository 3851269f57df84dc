import { Command, CommanderError } from 'commander';
import { DatabaseFailure } from '../db/failure.ts';
import { VERSION } from '../version.ts';
import { addAdmin } from './admin.ts';
import { addApiKey } from './api_key.ts';
import { Failure, say } from './command.ts';
import { addDemo } from './demo.ts';
import { addMigrate } from './migrate.ts';
import { addRecount } from './recount.ts';
import { addSql } from './sql.ts';
import { addApi, addStart } from './start.ts';
import { addWorker } from './worker.ts';

/** Runs the command that `args` name and answers its exit code: 0 done, 1 failed or refused, 2 wrong usage. */
export async function run(args: string[]): Promise<number> {
  const program = new Command('sequitur')
    .description('Email automation sequences whose numbers can be trusted.')
    .version(VERSION, '-V, --version')
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride()
    .addHelpText('after', HELP);
  let exitCode = 0;
  const done = (code: number) => {
    exitCode = code;
  };
  for (const add of [
    addStart,
    addApi,
    addWorker,
    addDemo,
    addMigrate,
    addRecount,
    addSql,
    addApiKey,
    addAdmin,
  ])
    add(program, done);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    say(isForPeople(error) ? error.message : `Sequitur failed: ${messageOf(error)}`);
    return 1;
  }
}

// Failures whose message says what to do; anything else is a bug and shows where it came from.
function isForPeople(error: unknown): error is Error {
  return error instanceof Failure || error instanceof DatabaseFailure;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const HELP = `
Configuration comes from the environment and .env; the README lists the variables.
Exit codes: 0 done, 1 failed or differences found, 2 wrong usage.`;
