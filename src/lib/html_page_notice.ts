import { type HtmlValue, html, paragraphs, type SafeHtml, trustedHtml } from './html_page.ts';

export type NoticeIcon = 'mail' | 'clock' | 'check' | 'question';

/** One message in the middle of a page: an icon, perhaps a line above the heading, the text, perhaps a form. */
export type Notice = { icon: NoticeIcon; kicker?: string; title: string; text: string; action?: HtmlValue };

/** The notice as the `<main>` of a page, its title the page's `<h1>`. */
export function noticeMain({ icon, kicker, title, text, action }: Notice): SafeHtml {
  return html`<main><div class="card notice">
<div class="mark" aria-hidden="true">${iconSvg(icon)}</div>
${kicker && html`<p class="kicker">${kicker}</p>`}
<h1>${title}</h1>
${paragraphs(text, 'lead')}
${action}
</div></main>`;
}

function iconSvg(icon: NoticeIcon): SafeHtml {
  return html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${trustedHtml(SHAPES[icon])}</svg>`;
}

const SHAPES: Record<NoticeIcon, string> = {
  mail: '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="m4 7.5 8 6 8-6"/>',
  clock: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
  check: '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
  question: '<path d="M9 9.2a3 3 0 1 1 4.6 2.6c-1 .6-1.6 1.1-1.6 2.2"/><path d="M12 17.2v.1"/>',
};
