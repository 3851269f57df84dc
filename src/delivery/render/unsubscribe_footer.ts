import { html } from '../../lib/html_page.ts';

/** `body` with a visible unsubscribe link: as it is when the template has one, else with a small footer. */
export function withHtmlUnsubscribe(body: string, url: string): string {
  const footer = html`<div style="margin:32px auto 0;padding:16px 24px;max-width:600px;text-align:center;font:13px/1.5 Arial,Helvetica,sans-serif;color:#6b6b6b">No longer want these emails? <a href="${url}" style="color:#6b6b6b;text-decoration:underline">Unsubscribe</a></div>`;
  if (hasLink(body, url)) return body;
  const end = body.toLowerCase().lastIndexOf('</body>');
  return end === -1
    ? `${body}\n${footer.safeHtml}`
    : `${body.slice(0, end)}${footer.safeHtml}\n${body.slice(end)}`;
}

/** The same for a text part. */
export function withTextUnsubscribe(text: string, url: string): string {
  return text.includes(url)
    ? text
    : `${text.trimEnd()}\n\n--\nNo longer want these emails? Unsubscribe:\n${url}\n`;
}

/** Judged by the output and not by the template: a link inside an `{% if %}` that was false is no link. */
function hasLink(body: string, url: string): boolean {
  return [url, html`${url}`.safeHtml].some(
    (form) => body.includes(`href="${form}"`) || body.includes(`href='${form}'`),
  );
}
