// JSON.stringify writes a lone surrogate as \udXXX and U+0000 as \u0000; text that merely spells those has an
// escaped backslash in front.
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** Whether PostgreSQL can keep `value` as text or jsonb: it takes neither U+0000 nor half a surrogate pair. */
export function isStorable(value: unknown): boolean {
  return !UNSTORABLE.test(JSON.stringify(value) ?? '');
}
