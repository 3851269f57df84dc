import type { Db } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import type { App } from '../../src/http/server.ts';
import { createPromoPage, type NewPromoPage, type PromoPage } from '../../src/sequences/promo_pages.ts';
import { PUBLIC_URL } from '../support/factories.ts';
import { capturedOf } from '../support/rows.sql.ts';

/** A promo page of `sequence` with double opt-in, but for what is given. */
export async function aPage(
  db: Db,
  { id: sequence_id }: { id: string },
  some: Partial<NewPromoPage> = {},
): Promise<PromoPage> {
  const wanted = { sequence_id, title: 'Spring <sale>', thanks_title: 'You are in', double_opt_in: true };
  const change = { by: 'Ada Admin', now: new Date('2026-02-01T09:00:00.000Z') };
  const made = await inTransaction(db, (tx) => createPromoPage(tx, { ...wanted, ...some }, change));
  if (made.outcome !== 'created') throw new Error(made.outcome);
  return made.page;
}

let visitors = 0;

/** Posts to an address as a form does; each time from a network of its own. */
export async function post(app: App, url: string, fields: Record<string, string> = {}) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const payload = new URLSearchParams(fields).toString();
  visitors += 1;
  const remoteAddress = `198.51.${visitors >> 8}.${visitors & 255}`;
  const answer = await app.inject({ method: 'POST', url, headers, payload, remoteAddress });
  return { status: answer.statusCode, location: answer.headers.location, page: answer.body };
}

/** Where the links lead that were captured in mails of `sequence` for confirmations, the first sent first. */
export async function linksOf(db: Db, sequence: { id: string }): Promise<string[]> {
  const mails = await capturedOf(db, sequence.id);
  return mails.flatMap(({ text }) => linkIn(text) ?? []);
}

/** The path of the confirmation link in a text; undefined where there is none. */
export function linkIn(text: string): string | undefined {
  return new RegExp(`${PUBLIC_URL}(/c/[\\w-]+)`).exec(text)?.[1];
}
