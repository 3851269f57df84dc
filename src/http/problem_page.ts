import { htmlDocument } from '../lib/html_page.ts';
import { noticeMain } from '../lib/html_page_notice.ts';
import type { ProblemDocument } from './errors.ts';

/** A problem as a small page of its own, for a visitor whose browser asked for one. */
export function problemPage({ title, detail }: ProblemDocument): string {
  return htmlDocument({ title, body: noticeMain({ icon: 'question', title, text: detail }) });
}
