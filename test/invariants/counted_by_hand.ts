import { idOf } from '../support/history.ts';
import type { EntryRead, ExecutionRead, LedgerRows, TriggerRead } from './ledger_rows.sql.ts';

/** Whole days, both inclusive. */
export type Range = { from: string; to: string };
export type Part = { sources: string[]; step: string | null; revision: number | null };
export type Every = 'day' | 'week' | 'month';

/**
 * The rows of a ledger with their days, counted one by one: what every answer is compared with. Days come from the
 * zone data of this process, weeks and months from arithmetic of its own; nothing is shared with what it checks.
 */
export class ByHand {
  readonly executions: (ExecutionRead & { day: string })[];
  readonly triggers: (TriggerRead & { day: string })[];
  /** Steps entered, with the outcome; a reported execution has entered its step and been sent at once. */
  readonly entries: (EntryRead & { day: string })[];

  constructor({ executions, triggers, entries }: LedgerRows, zone: string) {
    const day = dayIn(zone);
    const reported = executions.flatMap((e): EntryRead[] => {
      if (e.enrollment_id !== null || e.step_id === null) return [];
      const { sequence_id, step_id, source, executed_at: entered_at } = e;
      return [
        { sequence_id, step_id, source, entered_at, revision: e.revision ?? 0, outcome: 'sent', reason: '' },
      ];
    });
    this.executions = executions.map((row) => ({ ...row, day: day(row.executed_at) }));
    this.triggers = triggers.map((row) => ({ ...row, day: day(row.occurred_at) }));
    this.entries = [...entries, ...reported].map((row) => ({ ...row, day: day(row.entered_at) }));
  }

  /** The first day with anything to count of a sequence, or (null) of any; `today` where that is later. */
  firstDay(sequence: string | null, today: string): string {
    const days = [...this.executions, ...this.triggers]
      .filter((row) => isOf(row, sequence))
      .map((row) => row.day);
    return [...days, today].sort()[0] ?? today;
  }

  /** Emails of a sequence in a range, the newest first. */
  emails(sequence: string, range: Range, part: Part) {
    const ours = this.executions.filter(
      (e) =>
        e.sequence_id === sequence &&
        isWithin(e.day, range) &&
        isFrom(e.source, part.sources) &&
        (part.step === null || e.step_id === part.step) &&
        (part.step === null || part.revision === null || (e.revision ?? 0) === part.revision),
    );
    return ours.sort(newestFirst);
  }

  triggersOf(sequence: string | null, range: Range, sources: string[] = []) {
    return this.triggers.filter(
      (t) => isOf(t, sequence) && isWithin(t.day, range) && isFrom(t.source, sources),
    );
  }

  /** The four numbers at the head of a page. */
  headline(sequence: string, range: Range, part: Part) {
    const emails = this.emails(sequence, range, part);
    const triggers = this.triggersOf(sequence, range, part.sources);
    const hidden = part.step !== null;
    return {
      total_executions: emails.length,
      unique_recipients: hidden || part.sources.length > 1 ? null : people(emails),
      triggers: hidden ? null : triggers.filter(isAccepted).length,
      suppressed: hidden ? null : triggers.length - triggers.filter(isAccepted).length,
    };
  }

  /** Executions, people and triggers of all sequences together. */
  workspace(range: Range) {
    const emails = this.executions.filter((e) => isWithin(e.day, range));
    const triggers = this.triggersOf(null, range);
    const accepted = triggers.filter(isAccepted).length;
    return {
      total_executions: emails.length,
      unique_recipients: people(emails),
      triggers: accepted,
      suppressed: triggers.length - accepted,
    };
  }

  /** What a card says. */
  card(sequence: string) {
    const emails = this.executions.filter((e) => e.sequence_id === sequence).sort(newestFirst);
    const triggers = this.triggers.filter((t) => t.sequence_id === sequence);
    const accepted = triggers.filter(isAccepted).length;
    return {
      execution_count: emails.length,
      unique_recipients: people(emails),
      trigger_count: accepted,
      suppressed_count: triggers.length - accepted,
      last_executed_at: emails[0]?.executed_at ?? null,
    };
  }

  /** Everybody whom a sequence has reached in a range, by their newest email, the newest first. */
  recipients(sequence: string, range: Range, part: Part) {
    const byPerson = Map.groupBy(this.emails(sequence, range, part), (e) => e.contact_id);
    return [...byPerson].map(([contact_id, emails]) => ({
      contact_id,
      executions: emails.length,
      last_executed_at: emails[0]?.executed_at,
      first_executed_at: emails.at(-1)?.executed_at,
      sources: [...new Set(emails.map((e) => e.source))].sort(),
    }));
  }

  /** The steps that people entered in a range and what became of them, by step or by step and revision. */
  funnel(sequence: string, range: Range, sources: string[], byRevision: boolean) {
    const ours = this.entries.filter(
      (e) => e.sequence_id === sequence && isWithin(e.day, range) && isFrom(e.source, sources),
    );
    const steps = Map.groupBy(ours, (e) => `${e.step_id} ${byRevision ? e.revision : ''}`);
    return [...steps].sort(byName).map(([, entries]) => {
      const count = (outcome: EntryRead['outcome']) => entries.filter((e) => e.outcome === outcome).length;
      const reasons = tally(entries.filter((e) => e.reason !== '').map((e) => `${e.outcome} ${e.reason}`));
      return {
        step_id: entries[0]?.step_id,
        revision: byRevision ? entries[0]?.revision : null,
        entered: entries.length,
        sent: count('sent'),
        waiting: count('waiting'),
        skipped: count('skipped'),
        failed: count('failed'),
        exited: count('exited'),
        reasons,
      };
    });
  }
}

/** The ranges of a chart's buckets, in order: the first and the last are cut off at the ends of the range. */
export function buckets(range: Range, every: Every): Range[] {
  const groups = new Map<string, Range>();
  for (let ms = Date.parse(range.from); ms <= Date.parse(range.to); ms += DAY_MS) {
    const day = iso(ms);
    const group = every === 'day' ? day : every === 'month' ? day.slice(0, 7) : mondayOf(ms);
    groups.set(group, { from: groups.get(group)?.from ?? day, to: day });
  }
  return [...groups.values()];
}

/** The day `n` days after another. */
export function daysAfter(day: string, n: number): string {
  return iso(Date.parse(day) + n * DAY_MS);
}

/** How often each text is there, by text. */
export function tally(texts: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(byName);
}

export function people(emails: { contact_id: string }[]): number {
  return new Set(emails.map((e) => e.contact_id)).size;
}

export function isAccepted({ reason }: { reason: string }): boolean {
  return reason === '';
}

/** The day of an instant in a zone. */
export function dayIn(zone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  const known = new Map<number, string>();
  return (at) => {
    const day = known.get(at.getTime()) ?? format.format(at);
    known.set(at.getTime(), day);
    return day;
  };
}

/** The id of a sequence of a history. */
export function sequenceId(sequence: number): string {
  return idOf(`sequence ${sequence}`);
}

const DAY_MS = 24 * 60 * 60 * 1000;

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

// 1970-01-05 was a Monday.
function mondayOf(ms: number): string {
  const days = Math.floor(ms / DAY_MS) - 4;
  return iso((days - (((days % 7) + 7) % 7) + 4) * DAY_MS);
}

function isOf({ sequence_id }: { sequence_id: string }, sequence: string | null): boolean {
  return sequence === null || sequence_id === sequence;
}

function isWithin(day: string, { from, to }: Range): boolean {
  return from <= day && day <= to;
}

function isFrom(source: string, sources: string[]): boolean {
  return sources.length === 0 || sources.includes(source);
}

function newestFirst(a: ExecutionRead, b: ExecutionRead): number {
  return b.executed_at.getTime() - a.executed_at.getTime() || (a.id < b.id ? 1 : -1);
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
