import { randomInt } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { z } from 'zod';
import type { Db, Tx } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import type { FieldProblem } from '../http/errors.ts';
import type { Administrator } from '../http/principal.ts';
import { problemsOf, readable } from '../http/validation.ts';
import { newId } from '../lib/uuid.ts';
import {
  type AdministratorRow,
  countAdministrators,
  deleteAdministrator,
  deleteSessionsOf,
  insertAdministrator,
  insertPassword,
  lockAdministration,
  replacePassword,
  selectAdministrators,
} from './administrators.sql.ts';
import { type Actor, audit } from './audit.ts';

export type { AdministratorRow };

/** What everybody's password must be: long; a person's own phrase beats a rule about digits. */
export const passwordSchema = z.string().min(10).max(128);

/** An address to sign in with, kept in lower case. */
export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email()).meta({ format: 'email' });

/** A new administrator as a caller gives them. */
export const newAdministratorSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  email: emailSchema,
  password: passwordSchema,
});

export type NewAdministrator = z.output<typeof newAdministratorSchema>;

export type Creation = { outcome: 'created'; administrator: AdministratorRow } | { outcome: 'email_taken' };

/** Makes an administrator who signs in with `password`. `fields` have passed `newAdministratorSchema`. */
export async function createAdministrator(db: Db, fields: NewAdministrator, actor: Actor): Promise<Creation> {
  const passwordHash = await hashPassword(fields.password);
  return inTransaction(db, async (tx) => {
    await lockAdministration(tx);
    return addAdministrator(tx, { ...fields, passwordHash }, actor);
  });
}

/** As `createAdministrator`, but only while there is nobody: of two at the same moment, one is made. */
export async function createFirstAdministrator(
  db: Db,
  fields: NewAdministrator,
  actor: Actor,
): Promise<Creation | { outcome: 'exists' }> {
  const passwordHash = await hashPassword(fields.password);
  return inTransaction(db, async (tx) => {
    await lockAdministration(tx);
    if (await hasAdministrator(tx)) return { outcome: 'exists' };
    return addAdministrator(tx, { ...fields, passwordHash }, actor);
  });
}

/**
 * Makes the administrator that the environment names where there is none yet. Named after the address, until
 * somebody changes that. `invalid` says what is wrong with the values: `path` is `email` or `password`.
 */
export async function ensureFirstAdministrator(
  db: Db,
  { email, password }: { email: string; password: string },
): Promise<Creation | { outcome: 'exists' } | { outcome: 'invalid'; problems: FieldProblem[] }> {
  if (await hasAdministrator(db)) return { outcome: 'exists' };
  const named = { name: email.split('@', 1)[0], email, password };
  const { data, error } = newAdministratorSchema.safeParse(named, { error: readable });
  if (!data) return { outcome: 'invalid', problems: problemsOf(error, 'value') };
  return createFirstAdministrator(db, data, { kind: 'system', name: 'start' });
}

export async function hasAdministrator(db: Db): Promise<boolean> {
  return (await countAdministrators(db)) > 0;
}

/** Oldest first. */
export function listAdministrators(db: Db): Promise<AdministratorRow[]> {
  return selectAdministrators(db);
}

/**
 * Removes an administrator and signs them out everywhere. Nobody removes themselves, so that there is
 * always somebody left who can sign in.
 */
export async function removeAdministrator(
  db: Db,
  id: string,
  actor: Administrator,
): Promise<'removed' | 'not_found' | 'oneself' | 'last'> {
  if (id === actor.id) return 'oneself';
  return inTransaction(db, async (tx) => {
    await lockAdministration(tx);
    if ((await countAdministrators(tx)) <= 1) return 'last';
    const removed = await deleteAdministrator(tx, id);
    if (!removed) return 'not_found';
    await audit(tx, actor, 'user.removed', { type: 'user', id }, { email: removed.email });
    return 'removed';
  });
}

/**
 * Gives whoever signs in with `email` a new password and signs them out everywhere: whoever has the old one is out, too.
 * `password` has passed `passwordSchema`, and `email` `emailSchema`.
 */
export async function resetPassword(
  db: Db,
  { email, password }: { email: string; password: string },
  actor: Actor,
): Promise<'changed' | 'not_found'> {
  const passwordHash = await hashPassword(password);
  return inTransaction(db, async (tx) => {
    const administrator = await replacePassword(tx, email, passwordHash);
    if (!administrator) return 'not_found';
    await deleteSessionsOf(tx, administrator.id);
    await audit(tx, actor, 'user.password_reset', { type: 'user', id: administrator.id });
    return 'changed';
  });
}

/** A password for somebody else to sign in with once: 20 letters and digits, about 116 bits. */
export function temporaryPassword(): string {
  return Array.from({ length: 20 }, () => unmistakable[randomInt(unmistakable.length)]).join('');
}

async function addAdministrator(
  tx: Tx,
  fields: { name: string; email: string; passwordHash: string },
  actor: Actor,
): Promise<Creation> {
  const administrator = await insertAdministrator(tx, { id: newId(), ...fields });
  if (!administrator) return { outcome: 'email_taken' };
  const { id, email } = administrator;
  await insertPassword(tx, { id: newId(), userId: id, passwordHash: fields.passwordHash });
  await audit(tx, actor, 'user.created', { type: 'user', id }, { email });
  return { outcome: 'created', administrator };
}

// Without 0, O, 1, l and I: it may be read out over a telephone.
const unmistakable = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
