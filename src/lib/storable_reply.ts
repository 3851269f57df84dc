// Longer than any reply that says something; RFC 5321 allows lines of 512 bytes, and any number of them.
const LONGEST = 2_000;

/**
 * A server's words as they can be kept: a server may say anything, and PostgreSQL takes no NUL, and no half of a
 * surrogate pair. Line breaks stay, other control characters go, and what is longer than 2,000 characters is cut.
 */
export function storableReply(words: string): string {
  return words
    .slice(0, LONGEST)
    .toWellFormed()
    .replace(/(?!\n)\p{Cc}/gu, '');
}
