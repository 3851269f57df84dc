import { html, htmlDocument } from '../../lib/html_page.ts';
import { type Notice, noticeMain } from '../../lib/html_page_notice.ts';

export type ConfirmationPageView =
  /** `open` asks first: mail scanners follow every link, and following one must confirm nothing. */
  | { state: 'open'; title: string; formAction: string }
  | { state: 'confirmed'; title: string }
  /** `formUrl` is where the form is that made the link; null where that is gone as well. */
  | { state: 'expired'; formUrl: string | null };

/** The complete document that a confirmation link leads to. Works without JavaScript; every value is escaped. */
export function confirmationPageHtml(view: ConfirmationPageView): string {
  const notice = noticeOf(view);
  return htmlDocument({ title: notice.title, body: noticeMain(notice) });
}

function noticeOf(view: ConfirmationPageView): Notice {
  switch (view.state) {
    case 'open':
      return {
        icon: 'mail',
        kicker: view.title,
        title: 'Is this your email address?',
        text: 'One click confirms it. Until then we send you nothing else.',
        action: html`<form method="post" action="${view.formAction}"><button type="submit">Yes, confirm it</button></form>`,
      };
    case 'confirmed':
      return {
        icon: 'check',
        kicker: view.title,
        title: 'Your address is confirmed',
        text: 'That was done before: nothing is left to do.',
      };
    case 'expired':
      return {
        icon: 'clock',
        title: 'This link does not work any more',
        text: 'It may be older than seven days, or part of it was lost on the way.',
        action:
          view.formUrl && html`<p class="small"><a href="${view.formUrl}">Fill in the form again</a></p>`,
      };
  }
}
