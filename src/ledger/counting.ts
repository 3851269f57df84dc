import { NEVER } from './counters.ts';
import { type Calendar, weekOf } from './days.ts';
import type { Deltas } from './deltas.ts';
import type { Execution, Facts, StepEntered, Trigger } from './facts.ts';
import type { Link } from './previous.ts';

/** What executions later than all before them add to the counters of one calendar. */
export function countExecutions(deltas: Deltas, calendar: Calendar, links: Link[]): void {
  for (const { execution: e, before, beforeOfSource, beforeOfAny } of links) {
    const day = calendar.day(e.executed_at);
    const calendar_id = calendar.id;
    const reach = {
      calendar_id,
      sequence_id: e.sequence_id,
      day,
      source: e.source,
      prev_day: dayOrNever(calendar, before),
      prev_same_source_day: dayOrNever(calendar, beforeOfSource),
    };
    deltas.add('reach_counts', reach, { n: 1 });
    deltas.add('people_counts', { calendar_id, day, prev_day: dayOrNever(calendar, beforeOfAny) }, { n: 1 });
    countByDay(deltas, calendar_id, day, e);
  }
}

/** The counters of an execution that do not depend on the one before it. */
function countByDay(deltas: Deltas, calendar_id: number, day: string, e: Execution): void {
  const { sequence_id, step_id, source } = e;
  const { monday, weekday } = weekOf(day);
  deltas.add('weekly_counts', { calendar_id, sequence_id, day: monday }, { [weekday]: 1 });
  if (!step_id) return;
  const step = { calendar_id, sequence_id, day, step_id, revision: e.revision ?? 0, source };
  deltas.add('step_counts', step, { n: 1 });
  // A reported execution passed through no enrollment here: it counts as entered and sent at once.
  if (!e.enrollment_id) deltas.add('funnel_counts', { ...step, outcome: 'sent', reason: '' }, { n: 1 });
}

/** What triggers add to the counters of one calendar. */
export function countTriggers(deltas: Deltas, calendar: Calendar, triggers: Trigger[]): void {
  for (const { sequence_id, source, outcome, reason, occurred_at } of triggers) {
    const day = calendar.day(occurred_at);
    deltas.add(
      'trigger_counts',
      { calendar_id: calendar.id, sequence_id, day, source, outcome, reason },
      { n: 1 },
    );
  }
}

type StepFacts = Required<Pick<Facts, 'entered' | 'withdrawn' | 'left' | 'overruled'>>;

/** What steps entered, withdrawn, left and overruled add to the funnel of one calendar: always at the day of entry. */
export function countSteps(deltas: Deltas, calendar: Calendar, facts: StepFacts): void {
  const { entered, withdrawn, left, overruled } = facts;
  const add = (step: StepEntered, outcome: string, reason: string, n: number) => {
    const { sequence_id, step_id, revision, source } = step;
    const key = { calendar_id: calendar.id, sequence_id, day: calendar.day(step.entered_at), step_id };
    deltas.add('funnel_counts', { ...key, revision, source, outcome, reason }, { n });
  };
  for (const step of entered) add(step, 'waiting', '', 1);
  for (const step of withdrawn) add(step, 'waiting', '', -1);
  for (const step of left) {
    add({ ...step, revision: step.waited_revision }, 'waiting', '', -1);
    add(step, step.outcome, step.reason, 1);
  }
  for (const { before, after } of overruled) {
    add(before, before.outcome, before.reason, -1);
    add(after, after.outcome, after.reason, 1);
  }
}

/** What live executions and triggers add to the lifetime totals, which know no calendar. */
export function countLifetime(deltas: Deltas, links: Link[], triggers: Trigger[]): void {
  let people = 0;
  for (const { execution: e, before, beforeOfAny } of links) {
    const recipients = before ? 0 : 1;
    deltas.add(
      'sequence_totals',
      { sequence_id: e.sequence_id },
      { executions: 1, recipients },
      e.executed_at,
    );
    if (!beforeOfAny) people += 1;
  }
  if (links.length > 0) deltas.add('workspace_totals', {}, { executions: links.length, people });
  for (const { sequence_id, outcome } of triggers) {
    const sums = outcome === 'accepted' ? { triggers: 1 } : { suppressed: 1 };
    deltas.add('sequence_totals', { sequence_id }, sums);
    deltas.add('workspace_totals', {}, sums);
  }
}

export function dayOrNever(calendar: Calendar, at: Date | null): string {
  return at ? calendar.day(at) : NEVER;
}
