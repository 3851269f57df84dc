import { html, htmlDocument, type SafeHtml } from '../../lib/html_page.ts';
import { type Notice, noticeMain } from '../../lib/html_page_notice.ts';

export type UnsubscribePageView =
  | {
      /**
       * `confirm` asks first: mail scanners follow every link, and following one must not unsubscribe anybody.
       * `done` follows the posting (or stands already), `resubscribed` follows coming back.
       */
      state: 'confirm' | 'done' | 'resubscribed';
      /** The contact's address; printed masked, since emails get forwarded. */
      email: string;
      /** Where both buttons post to, with `action` either `unsubscribe` or `resubscribe`; same origin. */
      formAction: string;
      brand?: string | undefined;
    }
  | { state: 'invalid'; brand?: string | undefined };

/** The complete document of the unsubscribe page. Works without JavaScript; every value is escaped. */
export function unsubscribePageHtml(view: UnsubscribePageView): string {
  const notice = noticeOf(view);
  const body = html`${view.brand && html`<header class="brand">${view.brand}</header>`}
${noticeMain(notice)}`;
  return htmlDocument({ title: notice.title, body });
}

function noticeOf(view: UnsubscribePageView): Notice {
  if (view.state === 'invalid') {
    return {
      icon: 'question',
      title: 'This link does not work',
      text: 'Part of it may have been lost on the way. Please open the unsubscribe link in the email once more, or copy it as a whole.',
    };
  }
  const address = maskedAddress(view.email);
  if (view.state === 'confirm') {
    return {
      icon: 'mail',
      title: 'Unsubscribe from these emails?',
      text: `We will stop sending emails to ${address}.`,
      action: actionForm(view.formAction, { name: 'unsubscribe', label: 'Unsubscribe', quiet: false }),
    };
  }
  if (view.state === 'done') {
    return {
      icon: 'check',
      title: 'You are unsubscribed',
      text: `No more of these emails will go to ${address}. One that was already on its way may still arrive.\n\nDid that happen by accident?`,
      action: actionForm(view.formAction, { name: 'resubscribe', label: 'Subscribe again', quiet: true }),
    };
  }
  return {
    icon: 'check',
    title: 'Welcome back',
    text: `You are subscribed again: new emails will reach ${address}.`,
    action: actionForm(view.formAction, { name: 'unsubscribe', label: 'Unsubscribe', quiet: true }),
  };
}

type Action = { name: 'unsubscribe' | 'resubscribe'; label: string; quiet: boolean };

function actionForm(formAction: string, { name, label, quiet }: Action): SafeHtml {
  return html`<form method="post" action="${formAction}">
<button type="submit" name="action" value="${name}"${quiet && html` class="quiet"`}>${label}</button>
</form>`;
}

/** `ada@example.com` as `a••@example.com`: its owner knows it, a stranger with a forwarded email does not. */
function maskedAddress(email: string): string {
  const at = email.lastIndexOf('@');
  const [first = ''] = email;
  return `${first}${'•'.repeat(Math.min(Math.max(at - 1, 2), 8))}${email.slice(at)}`;
}
