import { createAdministrator, newAdministratorSchema, temporaryPassword } from '../auth/administrators.ts';
import type { Db } from '../db/database.ts';
import { notify } from '../db/notifications.sql.ts';
import { readable } from '../http/validation.ts';
import { activeCalendar, confirmTimeZone } from '../ledger/calendars.ts';
import { type AddCommand, Failure, print, say, withDatabase } from './command.ts';

type Options = { email: string; name?: string; password?: string; timeZone?: string };

export const addAdmin: AddCommand = (program) => {
  const admin = program.command('admin').description('People who sign in to the dashboard.');
  admin
    .command('create')
    .description('Make an administrator.')
    .requiredOption('--email <address>', 'the address to sign in with')
    .option('--name <name>', 'default: the part of the address before the @')
    .option('--password <password>', 'at least 10 characters; without it a password is made and printed once')
    .option('--time-zone <zone>', 'set the reporting time zone, as long as nothing has been counted')
    .addHelpText('after', HELP)
    .action(async ({ email, name = email.split('@', 1)[0], password, timeZone }: Options) => {
      const fields = { name, email, password: password ?? temporaryPassword() };
      const { data, error } = newAdministratorSchema.safeParse(fields, { error: readable });
      if (!data)
        throw new Failure(error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
      const zone = await withDatabase(async (db) => {
        if (timeZone) await settleZone(db, timeZone);
        const actor = { kind: 'system', name: 'command line' } as const;
        const { outcome } = await createAdministrator(db, data, actor);
        const { time_zone } = await activeCalendar(db);
        if (outcome === 'email_taken')
          throw new Failure(`There is an administrator ${email} already. ${daysAre(time_zone)}`);
        return time_zone;
      });
      if (!password) print(fields.password);
      say(`${email} can sign in${password ? '' : ' with this password; it is not shown again'}.`);
      say(daysAre(zone));
    });
};

function daysAre(zone: string): string {
  return `The reporting time zone is ${zone}: days begin and end there.`;
}

const HELP = `
The reporting time zone is TIME_ZONE's where that is set; otherwise it was the machine's when the database was made,
and may have been chosen by somebody since. This command tells which, and with --time-zone sets it.`;

/** As the setup page does. Throws a Failure, before anybody is made, where the zone cannot be had. */
async function settleZone(db: Db, wanted: string): Promise<void> {
  const { outcome, time_zone } = await db.transaction().execute((tx) => confirmTimeZone(tx, wanted));
  if (outcome === 'unknown_zone')
    throw new Failure(`--time-zone must be an IANA time zone, like Europe/Berlin, not "${wanted}".`);
  if (outcome === 'already_counting')
    throw new Failure(
      `The days of ${time_zone} have been counted already, so the reporting time zone was not set to ${wanted}, and no ` +
        'administrator was made.',
    );
  // A server that runs remembers the zone.
  if (outcome === 'changed') await notify(db, { from: 'admin', topic: 'forget', values: [time_zone] });
}
