import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { PromoPage, PromoPageQuery } from './promo_pages.ts';

const COLUMNS = sql.raw(`id, slug, sequence_id, title, intro, button_label, thanks_title, thanks_text,
  closed_text, double_opt_in, confirmation_subject, confirmation_text, created_at, updated_at`);

/** The page of this id; undefined where there is none. */
export async function readPage(db: Db, id: string): Promise<PromoPage | undefined> {
  const { rows } = await sql<PromoPage>`
    SELECT ${COLUMNS} FROM sequitur.promo_pages WHERE id = ${id}`.execute(db);
  return rows[0];
}

/** The page of this slug; undefined where there is none. */
export async function readPageBySlug(db: Db, slug: string): Promise<PromoPage | undefined> {
  const { rows } = await sql<PromoPage>`
    SELECT ${COLUMNS} FROM sequitur.promo_pages WHERE slug = ${slug}`.execute(db);
  return rows[0];
}

/** The page of this id, locked until the transaction ends; undefined where there is none. */
export async function lockPage(tx: Tx, id: string): Promise<PromoPage | undefined> {
  const { rows } = await sql<PromoPage>`
    SELECT ${COLUMNS} FROM sequitur.promo_pages WHERE id = ${id} FOR UPDATE`.execute(tx);
  return rows[0];
}

/** Newest first, after `query.after` where that is given; empty at the end of the list. */
export async function selectPages(
  db: Db,
  { sequence_id, after, limit }: PromoPageQuery,
): Promise<PromoPage[]> {
  const { rows } = await sql<PromoPage>`
    SELECT ${COLUMNS} FROM sequitur.promo_pages
    WHERE (${sequence_id ?? null}::uuid IS NULL OR sequence_id = ${sequence_id ?? null}::uuid)
      AND (${after?.id ?? null}::uuid IS NULL
           OR (created_at, id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}

/**
 * Holds a slug, taken or not, until the transaction ends. The unique constraint alone would do for inserting
 * (ON CONFLICT), but an UPDATE that runs into it ends the whole transaction.
 */
export async function lockSlug(tx: Tx, slug: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.promo_pages.slug'), hashtext(${slug}))`.execute(
    tx,
  );
}

/** Of `slug` and slug-2, slug-3, …, those that are taken. */
export async function slugsLike(db: Db, slug: string): Promise<string[]> {
  // Numbered slugs are shortened to fit, so a long one is looked for by its beginning.
  const { rows } = await sql<{ slug: string }>`
    SELECT slug FROM sequitur.promo_pages WHERE starts_with(slug, ${slug.slice(0, 56)})`.execute(db);
  return rows.map((row) => row.slug);
}

/** Inserts a page; its slug is held by `lockSlug` and free. */
export async function insertPage(tx: Tx, page: PromoPage): Promise<void> {
  await sql`
    INSERT INTO sequitur.promo_pages (${COLUMNS})
    VALUES (${page.id}, ${page.slug}, ${page.sequence_id}, ${page.title}, ${page.intro}, ${page.button_label},
            ${page.thanks_title}, ${page.thanks_text}, ${page.closed_text}, ${page.double_opt_in},
            ${page.confirmation_subject}, ${page.confirmation_text}, ${page.created_at}, ${page.updated_at})`.execute(
    tx,
  );
}

/** Writes what an edit may change; a new slug is held by `lockSlug` and free. */
export async function updatePage(tx: Tx, page: PromoPage): Promise<void> {
  await sql`
    UPDATE sequitur.promo_pages
    SET slug = ${page.slug}, sequence_id = ${page.sequence_id}, title = ${page.title}, intro = ${page.intro},
        button_label = ${page.button_label}, thanks_title = ${page.thanks_title},
        thanks_text = ${page.thanks_text}, closed_text = ${page.closed_text},
        double_opt_in = ${page.double_opt_in}, confirmation_subject = ${page.confirmation_subject},
        confirmation_text = ${page.confirmation_text}, updated_at = ${page.updated_at}
    WHERE id = ${page.id}`.execute(tx);
}

/** Deletes a page and gives it as it was; undefined where there was none. */
export async function deletePage(tx: Tx, id: string): Promise<PromoPage | undefined> {
  const { rows } = await sql<PromoPage>`
    DELETE FROM sequitur.promo_pages WHERE id = ${id} RETURNING ${COLUMNS}`.execute(tx);
  return rows[0];
}
