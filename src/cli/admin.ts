import type { Command } from 'commander';
import {
  createAdministrator,
  emailSchema,
  newAdministratorSchema,
  passwordSchema,
  resetPassword,
  temporaryPassword,
} from '../auth/administrators.ts';
import type { Db } from '../db/database.ts';
import { notify } from '../db/notifications.sql.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { readable } from '../http/validation.ts';
import { activeCalendar, confirmTimeZone } from '../ledger/calendars.ts';
import { type AddCommand, Failure, print, say, withDatabase } from './command.ts';
import { askUnseen, canAsk, newPassword } from './password.ts';

type Options = { email: string; name?: string; password?: string; timeZone?: string };

export const addAdmin: AddCommand = (program) => {
  const admin = program.command('admin').description('People who sign in to the dashboard.');
  addCreate(admin);
  addPassword(admin);
};

const ACTOR = { kind: 'system', name: 'command line' } as const;

function addCreate(admin: Command): void {
  admin
    .command('create')
    .description('Make an administrator.')
    .requiredOption('--email <address>', 'the address to sign in with')
    .option('--name <name>', 'default: the part of the address before the @')
    .option('--password <password>', 'at least 10 characters; others may see it in the list of processes')
    .option('--time-zone <zone>', 'set the reporting time zone, as long as nothing has been counted')
    .addHelpText('after', HELP)
    .action(async ({ email, name = email.split('@', 1)[0], password: given, timeZone }: Options) => {
      const password = given ?? (await chosenPassword());
      const fields = { name, email, password: password ?? temporaryPassword() };
      const { data, error } = newAdministratorSchema.safeParse(fields, { error: readable });
      if (!data)
        throw new Failure(
          error.issues.map((issue) => `The ${issue.path.join('.')} ${issue.message}.`).join('\n'),
        );
      const zone = await withDatabase(async (db) => {
        if (timeZone) await settleZone(db, timeZone);
        const { outcome } = await createAdministrator(db, data, ACTOR);
        const { time_zone } = await activeCalendar(db);
        if (outcome === 'email_taken')
          throw new Failure(
            `There is an administrator ${email} already. A new password is set with "npx sequitur admin password ` +
              `${email}". ${daysAre(time_zone)}`,
          );
        return time_zone;
      });
      if (!password) print(fields.password);
      say(`${email} can sign in${password ? '' : ' with this password; it is not shown again'}.`);
      say(daysAre(zone));
    });
}

/** Undefined: one is to be made up. */
async function chosenPassword(): Promise<string | undefined> {
  if (!canAsk()) return undefined;
  return (await askUnseen('Password (Enter alone has one made and printed once): ')) || undefined;
}

function addPassword(admin: Command): void {
  admin
    .command('password')
    .description('Give somebody a new password, as when they forgot theirs, and sign them out everywhere.')
    .argument('<email>', 'the address that they sign in with')
    .addHelpText('after', PASSWORD_HELP)
    .action(async (address: string) => {
      const { data: email } = emailSchema.safeParse(address);
      if (email === undefined) throw new Failure(`"${address}" is not an email address.`);
      const { data: password, error } = passwordSchema.safeParse(await newPassword(), { error: readable });
      if (password === undefined)
        throw new Failure(`The password ${error.issues.map(({ message }) => message).join(', ')}.`);
      const outcome = await withDatabase((db) => resetPassword(db, { email, password }, ACTOR));
      if (outcome === 'not_found') throw new Failure(`Nobody signs in as ${email}. Nothing was changed.`);
      say(`${email} signs in with the new password from now on, and is signed out everywhere.`);
    });
}

const PASSWORD_HELP = `
The password is asked for, and not shown; without a terminal it is the first line of standard input.`;

function daysAre(zone: string): string {
  return `The reporting time zone is ${zone}: days begin and end there.`;
}

const HELP = `
Without --password a terminal asks for one; without a terminal, or at Enter alone, one is made and printed once.

The reporting time zone is TIME_ZONE's where that is set; otherwise it was the machine's when the database was made,
and may have been chosen by somebody since. This command tells which, and with --time-zone sets it.`;

/** As the setup page does. Throws a Failure, before anybody is made, where the zone cannot be had. */
async function settleZone(db: Db, wanted: string): Promise<void> {
  const { outcome, time_zone } = await inTransaction(db, (tx) => confirmTimeZone(tx, wanted));
  if (outcome === 'unknown_zone')
    throw new Failure(`--time-zone must be an IANA time zone, like Europe/Berlin, not "${wanted}".`);
  if (outcome === 'already_counting')
    throw new Failure(
      `The days of ${time_zone} have been counted already, so the reporting time zone was not set to ${wanted}, and no ` +
        'administrator was made.',
    );
  // A server that runs remembers the zone.
  if (outcome === 'changed')
    await notify(db, { from: 'admin', said: [{ topic: 'forget', values: [time_zone] }] });
}
