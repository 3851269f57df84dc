import { expect, test } from 'vitest';
import { secretFor, signingSecret } from '../../src/auth/signing_secret.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

test('twenty processes that start at once share one secret', async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, () => signingSecret(db)));
  expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
  expect(secrets[0]).toHaveLength(32);
});

test('each purpose has a secret of its own, the same at every start', async () => {
  const secret = await signingSecret(db);
  expect(secretFor('cursors', secret)).toEqual(secretFor('cursors', await signingSecret(db)));
  expect(secretFor('cursors', secret)).not.toEqual(secretFor('sessions', secret));
});
