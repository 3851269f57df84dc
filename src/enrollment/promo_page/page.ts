import { type HtmlValue, html, htmlDocument, paragraphs, type SafeHtml } from '../../lib/html_page.ts';
import { noticeMain } from '../../lib/html_page_notice.ts';
import type { PromoPageTexts } from '../../sequences/promo_pages.ts';

/** `name` and `email` stand beside their field; `form` is about the page as a whole (too many attempts, say). */
export type PromoFormErrors = {
  name?: string | undefined;
  email?: string | undefined;
  form?: string | undefined;
};

export type PromoPageView = {
  /** Plain text; a blank line parts paragraphs. `brand` is the sender's name, shown above the page. */
  page: PromoPageTexts & { brand?: string | undefined };
  /**
   * `invalid` is the open form again, with `errors` and what was typed. `check_inbox` follows the form of a page with
   * double opt-in, `thanks` its link.
   */
  state: 'open' | 'invalid' | 'check_inbox' | 'thanks' | 'closed';
  errors?: PromoFormErrors | undefined;
  values?: { name?: string | undefined; email?: string | undefined } | undefined;
  /** Where the form posts to; same origin. */
  formAction: string;
  /** Name of the field that only a robot fills in. */
  honeypotField: string;
  /** Posted back as they are: a request key, say, that makes a double click count once. */
  hiddenFields?: Record<string, string> | undefined;
};

/** The complete document of a promo page. Works without JavaScript; every value is escaped. */
export function promoPageHtml(view: PromoPageView): string {
  const { brand } = view.page;
  const body = html`${brand && html`<header class="brand">${brand}</header>`}
${mainOf(view)}`;
  return htmlDocument({ title: documentTitle(view), body });
}

/** The document for an address where there is no promo page. */
export function missingPromoPageHtml(): string {
  const title = 'There is no page here';
  const text = 'The address may be mistyped, or the offer has been taken down.';
  return htmlDocument({ title, body: noticeMain({ icon: 'question', title, text }) });
}

function documentTitle({ page, state }: PromoPageView): string {
  const titles = {
    open: page.title,
    invalid: `Error: ${page.title}`,
    check_inbox: CHECK_INBOX.title,
    thanks: page.thanks_title,
    closed: `Closed: ${page.title}`,
  };
  return titles[state];
}

// The same words for somebody who confirmed long ago: who did is nobody else's business.
const CHECK_INBOX = {
  title: 'Please look into your inbox',
  text: 'We have sent you an email. If it asks you to confirm your address, follow its link: until then we send you nothing else.\n\nNothing there after a few minutes? Look among the spam, too.',
};

function mainOf(view: PromoPageView): SafeHtml {
  const { page } = view;
  if (view.state === 'thanks')
    return noticeMain({ icon: 'mail', title: page.thanks_title, text: page.thanks_text });
  if (view.state === 'check_inbox') return noticeMain({ icon: 'mail', kicker: page.title, ...CHECK_INBOX });
  if (view.state === 'closed') {
    return noticeMain({
      icon: 'clock',
      kicker: page.title,
      title: 'This offer is closed',
      text: page.closed_text,
    });
  }
  return html`<main class="split">
<div><h1>${page.title}</h1>${paragraphs(page.intro, 'lead')}</div>
${formCard(view)}
</main>`;
}

function formCard(view: PromoPageView): SafeHtml {
  const errors = view.state === 'invalid' ? (view.errors ?? {}) : {};
  return html`<div class="card">
${errorSummary(errors)}
<form method="post" action="${view.formAction}" novalidate>
${field({ ...NAME_FIELD, value: view.values?.name, error: errors.name })}
${field({ ...EMAIL_FIELD, value: view.values?.email, error: errors.email })}
${honeypot(view.honeypotField)}
${Object.entries(view.hiddenFields ?? {}).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">${view.page.button_label}</button>
</form>
<p class="small">Every email has a link to unsubscribe.</p>
</div>`;
}

/**
 * Takes the focus when the page comes back, so that a screen reader starts with what went wrong; its links lead to
 * the fields.
 */
function errorSummary(errors: PromoFormErrors): HtmlValue {
  const fields = (['name', 'email'] as const).filter((field) => errors[field]);
  if (fields.length === 0 && !errors.form) return null;
  return html`<div class="summary" role="alert" tabindex="-1" autofocus aria-labelledby="summary-title">
<h2 id="summary-title">${errors.form ?? 'Please check the form'}</h2>
${fields.length > 0 && html`<ul>${fields.map((field) => html`<li><a href="#${field}">${errors[field]}</a></li>`)}</ul>`}
</div>`;
}

type FieldKind = {
  id: 'name' | 'email';
  label: SafeHtml;
  type: 'text' | 'email';
  autocomplete: 'name' | 'email';
  required: boolean;
};

const NAME_FIELD: FieldKind = {
  id: 'name',
  label: html`Name <span class="optional">(optional)</span>`,
  type: 'text',
  autocomplete: 'name',
  required: false,
};

const EMAIL_FIELD: FieldKind = {
  id: 'email',
  label: html`Email address`,
  type: 'email',
  autocomplete: 'email',
  required: true,
};

type Field = FieldKind & { value: string | undefined; error: string | undefined };

// `aria-required` instead of `required`, and `novalidate` on the form: the browser's own bubbles vanish again and
// differ everywhere, whereas the server's answer stays beside the field.
function field({ id, label, type, autocomplete, required, value, error }: Field): SafeHtml {
  return html`<div class="field">
<label for="${id}">${label}</label>
<input id="${id}" name="${id}" type="${type}" autocomplete="${autocomplete}" maxlength="254" value="${value}"${
    required && html` aria-required="true"`
  }${error && html` aria-invalid="true" aria-describedby="${id}-problem"`}>
${error && html`<p class="problem" id="${id}-problem">${error}</p>`}
</div>`;
}

/**
 * Out of sight, out of the tab order and out of the accessibility tree, yet not `display: none`, which robots have
 * learned to skip. Password managers and autofill are asked to leave it alone.
 */
function honeypot(name: string): SafeHtml {
  return html`<div class="away" aria-hidden="true">
<label for="${name}">Leave this empty</label>
<input id="${name}" name="${name}" type="text" tabindex="-1" autocomplete="off" data-1p-ignore data-lpignore="true">
</div>`;
}
