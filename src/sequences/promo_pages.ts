import type { Db, Tx } from '../db/database.ts';
import { newId } from '../lib/uuid.ts';
import {
  deletePage,
  insertPage,
  lockPage,
  lockSlug,
  readPage,
  readPageBySlug,
  selectPages,
  slugsLike,
  updatePage,
} from './promo_pages.sql.ts';
import { forgetExample, readSequence } from './sequences.sql.ts';
import type { Change } from './sequences.ts';
import { freeSlug, isId, slugOf } from './slug.ts';

/** What a promo page says: before the form is sent, after it, and while its sequence is not active. */
export type PromoPageTexts = {
  title: string;
  intro: string;
  button_label: string;
  thanks_title: string;
  thanks_text: string;
  closed_text: string;
};

/**
 * With `double_opt_in` nothing goes to whoever fills the page in but a mail with a link, until they follow it. What
 * that mail says is made from the title where it is null.
 */
export type PromoPageConsent = {
  double_opt_in: boolean;
  confirmation_subject: string | null;
  confirmation_text: string | null;
};

/** A page at /p/<slug> that starts a sequence for whoever fills it in. */
export type PromoPage = PromoPageTexts &
  PromoPageConsent & {
    id: string;
    slug: string;
    sequence_id: string;
    created_at: Date;
    updated_at: Date;
  };

/** What a page says where its author has not said otherwise. */
export const DEFAULT_TEXTS: Omit<PromoPageTexts, 'title'> = {
  intro: '',
  button_label: 'Sign me up',
  thanks_title: 'Thank you!',
  thanks_text: 'You are on the list. Keep an eye on your inbox.',
  closed_text: 'This offer is closed. Thank you for your interest.',
};

const DEFAULT_CONSENT: PromoPageConsent = {
  double_opt_in: false,
  confirmation_subject: null,
  confirmation_text: null,
};

/** The longest texts of a page, in characters. */
export const PROMO_PAGE_LIMITS: Record<keyof PromoPageTexts, number> = {
  title: 200,
  intro: 5_000,
  button_label: 60,
  thanks_title: 200,
  thanks_text: 5_000,
  closed_text: 5_000,
};

/** And of the mail that asks for a confirmation. */
export const CONFIRMATION_LIMITS = { subject: 200, text: 5_000 };

/** One page of promo pages; of one sequence, where that is given. */
export type PromoPageQuery = {
  sequence_id?: string | undefined;
  after?: { created_at: Date; id: string } | undefined;
  limit: number;
};

/** Newest first; empty at the end of the list. */
export function listPromoPages(db: Db, query: PromoPageQuery): Promise<PromoPage[]> {
  return selectPages(db, query);
}

/** The page of this id or slug; undefined where there is none. */
export function findPromoPage(db: Db, idOrSlug: string): Promise<PromoPage | undefined> {
  return isId(idOrSlug) ? readPage(db, idOrSlug) : readPageBySlug(db, idOrSlug);
}

/** Without a slug it gets one made from its title, numbered where that is taken. */
export type NewPromoPage = { sequence_id: string; slug?: string | undefined; title: string } & Given;

type Said = PromoPageTexts & PromoPageConsent;
type Given = { [Field in keyof Said]?: Said[Field] | undefined };

type NoSuchSequence = { outcome: 'no_such_sequence' };
type SlugTaken = { outcome: 'slug_taken'; slug: string };

export type CreatedPromoPage = { outcome: 'created'; page: PromoPage } | NoSuchSequence | SlugTaken;

export async function createPromoPage(
  tx: Tx,
  wanted: NewPromoPage,
  change: Change,
): Promise<CreatedPromoPage> {
  if (!(await readSequence(tx, wanted.sequence_id))) return { outcome: 'no_such_sequence' };
  const slug = wanted.slug ?? (await slugFor(tx, wanted.title));
  await lockSlug(tx, slug);
  if (await readPageBySlug(tx, slug)) {
    // A slug of our own making was taken between the look and the lock: look again.
    return wanted.slug === undefined ? createPromoPage(tx, wanted, change) : { outcome: 'slug_taken', slug };
  }
  const times = { created_at: change.now, updated_at: change.now };
  const defaults = { ...DEFAULT_TEXTS, ...DEFAULT_CONSENT };
  const page: PromoPage = { id: newId(), ...defaults, ...given(wanted), slug, ...times };
  await insertPage(tx, page);
  await noteEdit(tx, [page.sequence_id], change);
  return { outcome: 'created', page };
}

/** What is left out stays. A page may move to another sequence: its address is printed on things. */
export type PromoPagePatch = { sequence_id?: string | undefined; slug?: string | undefined } & Given;

export type UpdatedPromoPage =
  | { outcome: 'updated'; page: PromoPage; fields: (keyof PromoPagePatch)[] }
  | { outcome: 'unchanged'; page: PromoPage }
  | { outcome: 'no_such_page' }
  | NoSuchSequence
  | SlugTaken;

export async function patchPromoPage(
  tx: Tx,
  id: string,
  patch: PromoPagePatch,
  change: Change,
): Promise<UpdatedPromoPage> {
  const before = await lockPage(tx, id);
  if (!before) return { outcome: 'no_such_page' };
  const page = { ...before, ...given(patch), updated_at: change.now };
  const fields = FIELDS.filter((field) => page[field] !== before[field]);
  if (fields.length === 0) return { outcome: 'unchanged', page: before };
  if (page.sequence_id !== before.sequence_id && !(await readSequence(tx, page.sequence_id))) {
    return { outcome: 'no_such_sequence' };
  }
  if (page.slug !== before.slug && !(await takeSlug(tx, page.slug)))
    return { outcome: 'slug_taken', slug: page.slug };
  await updatePage(tx, page);
  await noteEdit(tx, [before.sequence_id, page.sequence_id], change);
  return { outcome: 'updated', page, fields };
}

/** Removes a page; its address then answers 404. Gives the page removed; undefined where there was none. */
export async function removePromoPage(tx: Tx, id: string, change: Change): Promise<PromoPage | undefined> {
  const page = await deletePage(tx, id);
  if (page) await noteEdit(tx, [page.sequence_id], change);
  return page;
}

async function slugFor(tx: Tx, title: string): Promise<string> {
  const slug = slugOf(title, 'page');
  return freeSlug(slug, new Set(await slugsLike(tx, slug)));
}

async function takeSlug(tx: Tx, slug: string): Promise<boolean> {
  await lockSlug(tx, slug);
  return (await readPageBySlug(tx, slug)) === undefined;
}

const FIELDS = [
  'sequence_id',
  'slug',
  'title',
  'intro',
  'button_label',
  'thanks_title',
  'thanks_text',
  'closed_text',
  'double_opt_in',
  'confirmation_subject',
  'confirmation_text',
] as const satisfies (keyof PromoPagePatch)[];

// Of a request's fields those that it gave. The type says so too: what is undefined is left out.
function given<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };
}

async function noteEdit(tx: Tx, sequenceIds: string[], { by }: Change): Promise<void> {
  if (by !== null) await forgetExample(tx, sequenceIds);
}
