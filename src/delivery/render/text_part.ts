import { compile } from 'html-to-text';

/** The text part for an email that brings none of its own: what a reader of the HTML would see, links spelled out. */
export function textFromHtml(html: string): string {
  return convert(html)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const convert = compile({
  wordwrap: 78,
  longWordSplit: { forceWrapOnLimit: false }, // a broken URL cannot be clicked
  selectors: [
    {
      selector: 'a',
      options: { hideLinkHrefIfSameAsText: true, ignoreHref: false, linkBrackets: ['<', '>'] },
    },
    { selector: 'img', format: 'skip' },
    // The preview line of inboxes repeats what the text begins with anyway.
    { selector: '[hidden]', format: 'skip' },
    { selector: '[style*="display:none"]', format: 'skip' },
    { selector: '[style*="display: none"]', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'ul', options: { itemPrefix: '- ' } },
  ],
});
