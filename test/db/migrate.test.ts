import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { DatabaseFailure } from '../../src/db/failure.ts';
import { isSetUp } from '../../src/db/schema.sql.ts';
import { prepareDatabase } from '../../src/ledger/prepare.ts';
import { newId } from '../../src/lib/uuid.ts';
import { createDatabase, dropDatabase } from '../support/databases.sql.ts';
import { giveSchema } from './probe.sql.ts';

const server = inject('server');
const root = inject('root');

/** A database of somebody else's, as they and as the application see it. */
async function aForeignDatabase(): Promise<{ owners: Db; ours: Db }> {
  const maker = openDatabase(root, { max: 1 });
  const name = `test_${newId().replaceAll('-', '')}`;
  await createDatabase(maker, { name, owner: String(root.user) });
  const owners = openDatabase({ ...root, database: name }, { max: 1 });
  const ours = openDatabase({ ...server, database: name });
  onTestFinished(async () => {
    await Promise.all([owners.destroy(), ours.destroy()]);
    await dropDatabase(maker, name);
    await maker.destroy();
  });
  return { owners, ours };
}

// Where the tests were given a server by TEST_DATABASE_URL, one role is all there is.
describe.runIf(root.user !== server.user)('a role that may not make schemas', () => {
  test('needs no more than a schema of its own', async () => {
    const { owners, ours } = await aForeignDatabase();
    await giveSchema(owners, String(server.user));
    expect(await isSetUp(ours)).toBe(false);
    const made = await Promise.all([1, 2, 3].map(() => prepareDatabase(ours, { timeZone: 'Europe/Berlin' })));
    expect(made.map(({ migrations }) => migrations.length > 0).filter(Boolean)).toEqual([true]);
    expect(await isSetUp(ours)).toBe(true);
  });

  test('is told how to get one where there is none', async () => {
    const { ours } = await aForeignDatabase();
    const refused = await prepareDatabase(ours, { timeZone: 'Europe/Berlin' }).catch((error) => error);
    expect(refused).toBeInstanceOf(DatabaseFailure);
    expect(refused.message).toMatch(
      /permission denied for database .*CREATE SCHEMA sequitur AUTHORIZATION "sequitur"\.$/,
    );
  });
});
