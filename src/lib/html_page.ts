import { createHash } from 'node:crypto';
import { PAGE_STYLE } from './html_page_style.ts';

/** HTML that is safe to print as it stands: made by `html`, or vouched for by `trustedHtml`. */
export type SafeHtml = { readonly safeHtml: string };

/** What `html` takes: strings are escaped, lists are joined, and `null`, `undefined` and `false` print nothing. */
export type HtmlValue = SafeHtml | string | number | null | undefined | false | readonly HtmlValue[];

/** A tagged template that escapes whatever is put into it, in text and inside quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): SafeHtml {
  return { safeHtml: strings.map((string, at) => string + printed(values[at])).join('') };
}

/** Lets markup through unescaped. Never for anything that a person typed. */
export function trustedHtml(markup: string): SafeHtml {
  return { safeHtml: markup };
}

/** `text` with `& < > " '` as entities: right between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The text's paragraphs, escaped, in one block; a blank line parts them. Prints nothing for a blank text. */
export function paragraphs(text: string, className: string): SafeHtml | null {
  if (text.trim() === '') return null;
  const blocks = text.trim().split(/\r?\n\s*\r?\n/);
  return html`<div class="${className}">${blocks.map((block) => html`<p>${linesOf(block)}</p>`)}</div>`;
}

function linesOf(block: string): HtmlValue[] {
  return block.split(/\r?\n/).map((line, at) => [at > 0 && html`<br>`, line]);
}

/**
 * A complete document around `body`, in the shared look: light and dark, no scripts, nothing loaded from elsewhere.
 * Kept out of search engines, as such pages are reached by a link.
 */
export function htmlDocument(page: { title: string; body: SafeHtml }): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${page.title}</title>
<style>${trustedHtml(PAGE_STYLE)}</style>
</head>
<body>
${page.body}
</body>
</html>
`.safeHtml;
}

/**
 * The Content-Security-Policy for documents of `htmlDocument`: no scripts, no frames, forms to the same origin, and
 * the one style sheet by its hash, so that an injected one would not apply.
 */
export const PAGE_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function printed(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'object') return 'safeHtml' in value ? value.safeHtml : value.map(printed).join('');
  return escapeHtml(String(value));
}
