/** What sequence keys and promo page slugs look like: lower-case letters, digits, single hyphens between them. */
export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** The longest slug, in characters. */
export const MAX_SLUG = 64;

// Addresses take a sequence's id or its key, so a key must never read as an id.
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether `text` has the form of an id. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** A slug for `name`: "Été: 20 % off!" gives "ete-20-off". `fallback` where no Latin letter or digit is left. */
export function slugOf(name: string, fallback: string): string {
  const ascii = name.replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = trimmed(ascii.replace(/[^a-z0-9]+/g, '-')).slice(0, MAX_SLUG);
  return !slug || isId(slug) ? fallback : trimmed(slug);
}

/** `slug` if it is free, else the first free of slug-2, slug-3 and so on, shortened to fit. */
export function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const ending = n === 1 ? '' : `-${n}`;
    const candidate = trimmed(slug.slice(0, MAX_SLUG - ending.length)) + ending;
    if (!taken.has(candidate)) return candidate;
  }
}

function trimmed(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
