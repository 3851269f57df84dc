import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Failure, INTERRUPTED, say } from './command.ts';

/** Whether somebody sits at a terminal and can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true;
}

/**
 * A new password: typed twice at the terminal, where it is not shown, or else the first line of standard input. Never an
 * argument, which every user of the machine reads in the list of processes. Throws a Failure where the two differ, or
 * nothing comes.
 */
export async function newPassword(): Promise<string> {
  if (!canAsk()) return pipedPassword();
  const password = await askUnseen('New password: ');
  if ((await askUnseen('Once more: ')) !== password)
    throw new Failure('The two differ. Nothing was changed.');
  return password;
}

/** An answer that the terminal does not show. Ctrl-C ends the process. */
export async function askUnseen(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  lines.once('SIGINT', () => {
    lines.close();
    say('');
    process.exit(INTERRUPTED);
  });
  process.stderr.write(question);
  try {
    return await lines.question('');
  } finally {
    lines.close();
    say('');
  }
}

async function pipedPassword(): Promise<string> {
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/, 1);
  if (line === '')
    throw new Failure(
      'No password came. Type it at the terminal, or send it as the first line of standard input.',
    );
  return line;
}
