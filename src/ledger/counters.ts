/** The columns of a week, in its order. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/**
 * Every counter, declared once. The writer builds its statements from this list, recount compares each
 * entry with its rows, and ARCHITECTURE.md explains the same names.
 *
 * `key` is what a row is found by, without the lane that ends every key. `sums` add up over lanes and days.
 * `latest` is the one column that keeps a greatest value instead of a sum.
 * A day before the first execution is '-infinity'.
 */
export const COUNTERS = {
  reach_counts: {
    key: ['calendar_id', 'sequence_id', 'day', 'source', 'prev_day', 'prev_same_source_day'],
    sums: ['n'],
    latest: null,
    means:
      'Executions by day and source, with the day of the one before of the same sequence and contact, and of ' +
      'the one before that also shared its source. Only what was not moved into the spans yet.',
  },
  people_counts: {
    key: ['calendar_id', 'day', 'prev_day'],
    sums: ['n'],
    latest: null,
    means:
      'Executions by day, with the day of the contact’s one before, of any sequence. Only what was not moved yet.',
  },
  reach_spans: {
    key: ['calendar_id', 'sequence_id', 'span', 'day', 'prev_day'],
    sums: ['n'],
    latest: null,
    means:
      'Executions by day, week and month, with the day of the one before of the same sequence and contact. ' +
      'Distinct people in [a, b] = those in [a, b] with prev_day < a. In the span `firsts`, a month once more, ' +
      'prev_day is infinity wherever there was one before: enough for a range that leaves nothing before it.',
  },
  source_reach_spans: {
    key: ['calendar_id', 'sequence_id', 'span', 'day', 'source', 'prev_day'],
    sums: ['n'],
    latest: null,
    means: 'The same by source: prev_day is that of the one before that also shared the source.',
  },
  people_spans: {
    key: ['calendar_id', 'span', 'day', 'prev_day'],
    sums: ['n'],
    latest: null,
    means: 'The same over all sequences: prev_day is that of the contact’s one before, of any sequence.',
  },
  step_counts: {
    key: ['calendar_id', 'sequence_id', 'day', 'step_id', 'revision', 'source'],
    sums: ['n'],
    latest: null,
    means:
      'Executions of each step by day, revision (0 where a reporter named none) and source: emails, not people. ' +
      'Only what was not moved into the spans yet.',
  },
  step_spans: {
    key: ['calendar_id', 'sequence_id', 'span', 'day', 'step_id', 'revision', 'source'],
    sums: ['n'],
    latest: null,
    means: 'The same by day, week and month.',
  },
  funnel_counts: {
    key: ['calendar_id', 'sequence_id', 'day', 'step_id', 'revision', 'source', 'outcome', 'reason'],
    sums: ['n'],
    latest: null,
    means:
      'People by the day on which they entered a step and what became of it: waiting, sent, skipped, failed or ' +
      'exited. Entered is the sum of all five. Only what was not moved into the spans yet.',
  },
  funnel_spans: {
    key: ['calendar_id', 'sequence_id', 'span', 'day', 'step_id', 'revision', 'source', 'outcome', 'reason'],
    sums: ['n'],
    latest: null,
    means: 'The same by day, week and month.',
  },
  trigger_counts: {
    key: ['calendar_id', 'sequence_id', 'day', 'source', 'outcome', 'reason'],
    sums: ['n'],
    latest: null,
    means: 'Triggers by day, source, outcome and reason.',
  },
  weekly_counts: {
    key: ['calendar_id', 'day', 'sequence_id'],
    sums: WEEKDAYS,
    latest: null,
    means: 'Executions of each sequence by week (the day is its Monday) and weekday: sparklines.',
  },
  sequence_totals: {
    key: ['sequence_id'],
    sums: ['executions', 'recipients', 'triggers', 'suppressed'],
    latest: 'last_executed_at',
    means: 'Lifetime of each sequence: the numbers on its card.',
  },
  workspace_totals: {
    key: [],
    sums: ['executions', 'people', 'triggers', 'suppressed'],
    latest: null,
    means: 'Lifetime over all sequences.',
  },
} as const satisfies Record<string, CounterShape>;

type CounterShape = {
  key: readonly KeyColumn[];
  sums: readonly string[];
  latest: string | null;
  means: string;
};

/** The PostgreSQL type of each column that a counter's key may have. */
export const KEY_TYPES = {
  calendar_id: 'smallint',
  sequence_id: 'uuid',
  step_id: 'uuid',
  revision: 'integer',
  span: 'text',
  day: 'date',
  prev_day: 'date',
  prev_same_source_day: 'date',
  source: 'text',
  outcome: 'text',
  reason: 'text',
} as const;

export type KeyColumn = keyof typeof KEY_TYPES;
export type CounterTable = keyof typeof COUNTERS;
export type KeyOf<T extends CounterTable> = Record<(typeof COUNTERS)[T]['key'][number], string | number>;
export type SumsOf<T extends CounterTable> = Partial<Record<(typeof COUNTERS)[T]['sums'][number], number>>;

/**
 * The counters that range questions are answered from, each with the one whose rows are moved into it: writers add
 * to few keys of a day, readers add up few rows of a year. `prev` is the column there that becomes `prev_day` here,
 * null where people are not counted.
 */
export const SPANS = {
  reach_spans: { from: 'reach_counts', prev: 'prev_day' },
  source_reach_spans: { from: 'reach_counts', prev: 'prev_same_source_day' },
  people_spans: { from: 'people_counts', prev: 'prev_day' },
  step_spans: { from: 'step_counts', prev: null },
  funnel_spans: { from: 'funnel_counts', prev: null },
} as const satisfies Partial<Record<CounterTable, { from: CounterTable; prev: KeyColumn | null }>>;

export type SpanTable = keyof typeof SPANS;
/** The counters whose rows are moved into spans. */
export type DrainedTable = (typeof SPANS)[SpanTable]['from'];

/**
 * Where writers put what they add to such a counter, which is a view of it: a row for each sequence and calendar, each
 * time that something is recorded, with its keys side by side in arrays. To find each key in an index, for the few
 * seconds that it stays, was a third of the time of recording.
 */
export const DELTAS = {
  reach_counts: 'reach_deltas',
  people_counts: 'people_deltas',
  step_counts: 'step_deltas',
  funnel_counts: 'funnel_deltas',
} as const satisfies Record<DrainedTable, string>;

export const DRAINED = Object.keys(DELTAS) as DrainedTable[];

/** Whether a counter is made of spans. */
export function isSpanTable(table: CounterTable): table is SpanTable {
  return Object.hasOwn(SPANS, table);
}

/** Whether a counter's rows are on their way into spans, and say nothing alone. */
export function isDrained(table: CounterTable): table is DrainedTable {
  return Object.hasOwn(DELTAS, table);
}

/** The lengths of spans, the longest first. Weeks begin on Monday. */
export const SPAN_LENGTHS = ['month', 'week', 'day'] as const;
export type SpanLength = (typeof SPAN_LENGTHS)[number];
/** What a row of spans is of: a length of days, or a month by whether there was one before (see `reach_spans`). */
export type Span = SpanLength | 'firsts';

export const COUNTER_TABLES = Object.keys(COUNTERS) as CounterTable[];

/** The day before any first execution. */
export const NEVER = '-infinity';
