import { createAdministrator, newAdministratorSchema, temporaryPassword } from '../auth/administrators.ts';
import { readable } from '../http/validation.ts';
import { type AddCommand, Failure, print, say, withDatabase } from './command.ts';

type Options = { email: string; name?: string; password?: string };

export const addAdmin: AddCommand = (program) => {
  const admin = program.command('admin').description('People who sign in to the dashboard.');
  admin
    .command('create')
    .description('Make an administrator.')
    .requiredOption('--email <address>', 'the address to sign in with')
    .option('--name <name>', 'default: the part of the address before the @')
    .option('--password <password>', 'at least 10 characters; without it a password is made and printed once')
    .action(async ({ email, name = email.split('@', 1)[0], password }: Options) => {
      const fields = { name, email, password: password ?? temporaryPassword() };
      const { data, error } = newAdministratorSchema.safeParse(fields, { error: readable });
      if (!data)
        throw new Failure(error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
      const actor = { kind: 'system', name: 'command line' } as const;
      const { outcome } = await withDatabase((db) => createAdministrator(db, data, actor));
      if (outcome === 'email_taken') throw new Failure(`There is an administrator ${email} already.`);
      if (!password) print(fields.password);
      say(`${email} can sign in${password ? '' : ' with this password; it is not shown again'}.`);
    });
};
