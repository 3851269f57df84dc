import { html, paragraphs } from '../../lib/html_page.ts';
import { derivedId } from '../../lib/uuid.ts';
import { asciiDomainOf, headerText, type Mailbox } from './mailbox.ts';
import type { RenderedMail } from './render.ts';

/** What a mail is made of that asks for the confirmation of an address. */
export type ConfirmationData = {
  from: Mailbox;
  to: string;
  /** The promo page's; plain text. Null texts are made from its title. */
  page: { title: string; confirmation_subject: string | null; confirmation_text: string | null };
  /** Absolute. It leads to a page that asks again: following it confirms nothing. */
  confirmUrl: string;
  /** UUIDs. Sending again after a crash gives the same pair, and so the same Message-ID. */
  confirmationId: string;
  pageId: string;
  now: Date;
};

/**
 * The mail that asks whether a form was filled in by the owner of an address. Pure. It says nothing that was typed into
 * the form, not even the name: whoever typed it may want to say something of their own to somebody else.
 */
export function confirmationMail(data: ConfirmationData): RenderedMail {
  const { from, to, page, confirmUrl, now } = data;
  const { title } = page;
  const said =
    page.confirmation_text ??
    `You asked for “${title}” with this email address. Please confirm that it is yours:`;
  const bare = `The link works for seven days. If this was not you, do nothing: no further email will come.`;
  return {
    from,
    to: { name: '', address: to },
    subject: headerText(page.confirmation_subject ?? `Please confirm: ${title}`),
    html: htmlOf(title, said, bare, confirmUrl),
    text: `${title}\n\n${said}\n\n${confirmUrl}\n\n--\n${bare}\n`,
    // An answer to a form, as far as programs are concerned that answer mail by themselves (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    messageId: `<${derivedId(data.confirmationId, data.pageId)}@${asciiDomainOf(from.address)}>`,
    date: now,
  };
}

const FONT = 'Arial,Helvetica,sans-serif';

function htmlOf(title: string, said: string, bare: string, url: string): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>
<body style="margin:0;padding:32px 16px;background:#f6f5f2">
<div style="max-width:520px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px;font:16px/1.6 ${FONT};color:#1c1a27">
<h1 style="margin:0 0 16px;font-size:24px;line-height:1.25">${title}</h1>
${paragraphs(said, 'said')}
<p style="margin:28px 0"><a href="${url}" style="display:inline-block;padding:13px 26px;border-radius:8px;background:#4338ca;color:#ffffff;font-weight:bold;text-decoration:none">Confirm my email address</a></p>
<p style="margin:0;font-size:13px;color:#5a5668">${bare}</p>
</div>
</body>
</html>
`.safeHtml;
}
