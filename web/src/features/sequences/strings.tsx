import type { ReactNode } from 'react';
import { formatCount } from '../../ui/numbers.ts';

const one = (n: number) => n === 1;

/** All words of the Sequences pages. A number comes as what shows it and, where grammar asks, as itself. */
export const strings = {
  title: 'Sequences',
  lead: 'Every count since the beginning, as it happens.',
  totals: {
    people: 'Everybody who got at least one email of any sequence. Each counts once.',
    label: 'All sequences, all time',
  },
  search: 'Search sequences',
  sortLabel: 'Sort by',
  sorts: {
    recent: 'Recently active',
    triggered: 'Most triggered',
    people: 'Most people',
    name: 'Name',
  },
  statusLabel: 'Filter by status',
  all: 'All',
  statuses: { active: 'Active', paused: 'Paused', draft: 'Draft', archived: 'Archived' },
  triggered: (count: ReactNode, n: number) => (
    <>
      Triggered {count} {one(n) ? 'time' : 'times'}
    </>
  ),
  sent: (emails: ReactNode, n: number, people: ReactNode, p: number) => (
    <>
      {emails} {one(n) ? 'email' : 'emails'} sent to {people} {one(p) ? 'person' : 'people'}
    </>
  ),
  noneSent: 'No emails sent yet',
  notTriggered: 'Not triggered yet',
  sparkline: (total: number, today: number, most: number) =>
    `Emails sent on each of the last 30 days: ${formatCount(total)} in all, ${formatCount(today)} today, at most ${formatCount(most)} on one day.`,
  today: (n: ReactNode) => <>30 days · {n} today</>,
  lastSent: (when: ReactNode) => <>Last email {when}</>,
  viewDetails: 'View details',
  triggerNow: 'Trigger now',
  notTriggerable: {
    draft: 'Draft: cannot be started',
    paused: 'Paused: cannot be started',
    archived: 'Archived: cannot be started',
  },
  explain: (name: string) => `What the numbers of ${name} mean`,
  forSequence: (name: string) => ` for ${name}`,
  ofSequence: (name: string) => ` of ${name}`,
  newlySent: (n: number) =>
    `${formatCount(n)} more ${one(n) ? 'email' : 'emails'} sent in the last half minute.`,
  loading: 'Loading sequences',
  emptyTitle: 'No sequences yet',
  empty: (
    <>
      A sequence is a list of emails that somebody gets one after the other. Make the first one through the
      API; its card and its counts appear here at once.
    </>
  ),
  apiReference: 'Open the API reference',
  nothingFoundTitle: 'Nothing matches',
  nothingFound: 'No sequence has these words and this status.',
  clearFilters: 'Show all sequences',
  matches: (shown: number, all: number) =>
    shown === all
      ? `${formatCount(all)} ${one(all) ? 'sequence' : 'sequences'}`
      : `${formatCount(shown)} of ${formatCount(all)} sequences`,
};

/** What is counted, each with its name and its meaning. The same words on the cards, above them and in the details. */
export const terms = {
  triggered: {
    word: 'Triggered',
    meaning:
      'How often a sequence was started for somebody: by a promo page, an event, the API, or by hand. The same person counts again for each time, where the sequence allows it.',
  },
  notStarted: {
    word: 'Not started',
    meaning:
      'Triggers that came in but started nothing: the person had it already, has unsubscribed, or the sequence was not active. They are not part of Triggered.',
  },
  sent: { word: 'Emails sent', meaning: 'Every single email. Somebody who got three counts three times.' },
  people: {
    word: 'People',
    meaning: 'Everybody who got at least one email. Each counts once, however many they got.',
  },
} as const;

/** The words of "Trigger now". */
export const triggerStrings = {
  title: (name: string) => `Trigger ${name}`,
  lead: 'Starts the sequence for one person, as if they had asked for it.',
  email: 'Email address',
  emailMissing: 'Enter an email address.',
  name: 'Name',
  nameHint: 'Optional. Used where an email greets the person.',
  submit: 'Trigger now',
  done: 'Done',
  another: 'Trigger for somebody else',
  accepted: (email: string) => `Started for ${email}.`,
  acceptedHint: 'The first email leaves now, or after its delay where the first step has one.',
  suppressed: (email: string) => `Not started for ${email}.`,
  noAnswer: 'The server did not answer. Trying again is safe: it is counted once.',
  fieldProblem: (message: string) => `This ${message}.`,
};

const reasons: Record<string, string> = {
  not_active: 'The sequence was not active',
  already_active: 'Already in it',
  once_only: 'Had it before',
  too_soon: 'Had it too recently',
  unsubscribed: 'Unsubscribed',
  bounced: 'Address bounced',
  complained: 'Reported as spam',
  suppressed: 'On the suppression list',
  erased: 'Asked to be erased',
  goal: 'Reached the goal',
};

const sources: Record<string, string> = {
  promo: 'Promo page',
  event_trigger: 'Event',
  manual: 'By hand',
  api: 'API',
  import: 'Import',
};

/** Why a trigger was not started, in a marketer's words; one that we have no words for as it is. */
export function reasonText(reason: string): string {
  return reasons[reason] ?? plain(reason);
}

/** Where triggers and emails come from. A caller may make up names of their own, which are shown as they are. */
export function sourceText(source: string): string {
  return sources[source] ?? source;
}

function plain(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
