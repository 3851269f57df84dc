import { htmlDocument } from '../lib/html_page.ts';
import { noticeMain } from '../lib/html_page_notice.ts';
import type { ProblemDocument } from './errors.ts';

/** A problem as a small page of its own, for a visitor whose browser asked for one. */
export function problemPage({ status, title: name, detail }: ProblemDocument): string {
  const { icon, title, text } =
    status === 429 ? TOO_MANY : { icon: 'question' as const, title: name, text: detail };
  return htmlDocument({ title, body: noticeMain({ icon, title, text }) });
}

// Somebody who shares an address with a busy office has done nothing wrong.
const TOO_MANY = {
  icon: 'clock' as const,
  title: 'One moment, please',
  text: 'A lot came from your network at once. Wait a minute, go back, and send it again.',
};
