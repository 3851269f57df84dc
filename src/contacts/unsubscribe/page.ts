import { html, htmlDocument, type SafeHtml } from '../../lib/html_page.ts';
import { type Notice, noticeMain } from '../../lib/html_page_notice.ts';

/** What the buttons post as `action`: the first is what a mail program's one click means as well. */
export const UNSUBSCRIBE_ACTIONS = ['unsubscribe', 'unsubscribe_sequence', 'resubscribe'] as const;

export type UnsubscribeAction = (typeof UNSUBSCRIBE_ACTIONS)[number];

export type UnsubscribePageView =
  | {
      /**
       * `confirm` asks first: mail scanners follow every link, and following one must not unsubscribe anybody.
       * `done` and `sequence_done` (of the link's sequence alone) follow the posting, or stand already;
       * `resubscribed` follows coming back.
       */
      state: 'confirm' | 'done' | 'sequence_done' | 'resubscribed';
      /** The contact's address; printed masked, since emails get forwarded. */
      email: string;
      /** Where the buttons post to, with an `action` of `UNSUBSCRIBE_ACTIONS`; same origin. */
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
  const { title, text, icon, buttons } = SAID[view.state](maskedAddress(view.email));
  return { icon, title, text, action: actionForm(view.formAction, buttons) };
}

type Button = { name: UnsubscribeAction; label: string; quiet: boolean };
type Said = Pick<Notice, 'icon' | 'title' | 'text'> & { buttons: Button[] };

const FROM_ALL: Button = { name: 'unsubscribe', label: 'Unsubscribe from everything', quiet: true };
const FROM_SEQUENCE: Button = { name: 'unsubscribe_sequence', label: 'Only from this series', quiet: true };
const AGAIN: Button = { name: 'resubscribe', label: 'Subscribe again', quiet: true };

// "This series" and not its name, which is for those who write it and may say what its readers should not see.
const SAID: Record<Exclude<UnsubscribePageView['state'], 'invalid'>, (address: string) => Said> = {
  confirm: (address) => ({
    icon: 'mail',
    title: 'Unsubscribe from these emails?',
    text: `They go to ${address}. You can stop everything that we send, or only the series of emails that this one belongs to.`,
    buttons: [{ ...FROM_ALL, quiet: false }, FROM_SEQUENCE],
  }),
  done: (address) => ({
    icon: 'check',
    title: 'You are unsubscribed',
    text: `No more emails from us will go to ${address}. One that was already on its way may still arrive.\n\nDid that happen by accident?`,
    buttons: [AGAIN],
  }),
  sequence_done: (address) => ({
    icon: 'check',
    title: 'You are unsubscribed from this series',
    text: `No more emails of this series will go to ${address}. One that was already on its way may still arrive, and so may other emails from us.`,
    buttons: [FROM_ALL, AGAIN],
  }),
  resubscribed: (address) => ({
    icon: 'check',
    title: 'Welcome back',
    text: `You are subscribed again: new emails will reach ${address}.`,
    buttons: [FROM_ALL, FROM_SEQUENCE],
  }),
};

function actionForm(formAction: string, buttons: Button[]): SafeHtml {
  return html`<form method="post" action="${formAction}">
${buttons.map(
  ({ name, label, quiet }) =>
    html`<button type="submit" name="action" value="${name}"${quiet && html` class="quiet"`}>${label}</button>
`,
)}</form>`;
}

/** `ada@example.com` as `a••@example.com`: its owner knows it, a stranger with a forwarded email does not. */
function maskedAddress(email: string): string {
  const at = email.lastIndexOf('@');
  const [first = ''] = email;
  return `${first}${'•'.repeat(Math.min(Math.max(at - 1, 2), 8))}${email.slice(at)}`;
}
