import type { Db } from '../db/database.ts';
import { EVERYTHING, type Filter, type NoPeople, whyNoPeople } from './filter.ts';
import { type Asked, ask, type Frame } from './frame.ts';
import { bucketsOf, type Interval } from './range.ts';
import {
  executionsByBucket,
  peopleByBucket,
  type Sent,
  type Triggered,
  triggersByBucket,
} from './series.sql.ts';

/**
 * One bucket of a chart. `date` is its first day within the range; `unique_recipients` are the people of this
 * bucket alone. Null stands where the filter allows no number.
 */
export type Point = {
  date: string;
  executions: number;
  unique_recipients: number | null;
  triggers: number | null;
  suppressed: number | null;
};

export type Series = Frame & { interval: Interval; people_left_out: NoPeople | null; points: Point[] };

/** A sequence's buckets in order, every one of the range: their executions add up to the total. */
export function series(
  db: Db,
  asked: Asked & { sequenceId: string; interval: Interval; filter: Filter },
): Promise<Series> {
  const { sequenceId, interval, filter } = asked;
  return ask(db, asked, async (question) => {
    const [sent, triggered] = await Promise.all([
      executionsByBucket(question, sequenceId, { interval, filter }),
      triggersByBucket(question, sequenceId, { interval, sources: filter.sources }),
    ]);
    const points = pointsOf(bucketsOf(question.days, interval), sent, triggered, filter);
    return { interval, people_left_out: whyNoPeople(filter), points };
  });
}

/** The same over all sequences: people are distinct whatever sequence reached them. */
export function workspaceSeries(
  db: Db,
  asked: Omit<Asked, 'sequenceId'> & { interval: Interval },
): Promise<Series> {
  const { interval } = asked;
  return ask(db, { ...asked, sequenceId: null }, async (question) => {
    const [sent, triggered] = await Promise.all([
      peopleByBucket(question, interval),
      triggersByBucket(question, null, { interval, sources: [] }),
    ]);
    const points = pointsOf(bucketsOf(question.days, interval), sent, triggered, EVERYTHING);
    return { interval, people_left_out: null, points };
  });
}

// A step is no part of a trigger, so triggers are not told beside one step's emails.
function pointsOf(
  buckets: string[],
  sent: Map<string, Sent>,
  triggered: Map<string, Triggered>,
  filter: Filter,
): Point[] {
  const nobody = whyNoPeople(filter) ? null : 0;
  const none = filter.step === null ? 0 : null;
  return buckets.map((date) => {
    const { executions = 0, unique_recipients = nobody } = sent.get(date) ?? {};
    const { triggers, suppressed } = triggered.get(date) ?? { triggers: 0, suppressed: 0 };
    return {
      date,
      executions,
      unique_recipients,
      triggers: none === null ? null : triggers,
      suppressed: none === null ? null : suppressed,
    };
  });
}
