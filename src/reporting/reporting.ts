import { type Directory, homeLane } from '../contacts/directory.ts';
import type { Db } from '../db/database.ts';
import type { LaneQueue } from '../ledger/lane_queue.ts';
import { ensureExecutionWeeks } from '../ledger/weeks.ts';
import { isId } from '../sequences/slug.ts';
import { type PlacedReport, type Recorded, recordReports } from './record.ts';
import { readSequences } from './reporting.sql.ts';
import { createStepIds, type NamedStep, type StepIds } from './steps.ts';

/** An email that somebody else's sender says it has sent. */
export type ReportedExecution = {
  /** Id or key. */
  sequence: string;
  /** Normalised. */
  recipient_email: string;
  recipient_user_id: string | null;
  source: string;
  /** The id of a step made here, or the sender's own name for one. Null: of no step in particular. */
  step: string | null;
  /** Null, which takes an id: now. */
  executed_at: Date | null;
  context: Record<string, unknown>;
  /** The sender's own id for it, unique for each recipient; null: what it says is its identity. */
  id: string | null;
};

/** What became of a report; nothing was written unless it says `recorded`. */
export type ReportResult = Recorded | { outcome: 'unknown_sequence' };

/** The way in for executions of outside senders. */
export type Reporting = {
  /** Answers in the order of `executions`, when all are committed. */
  submit(executions: ReportedExecution[]): Promise<ReportResult[]>;
};

/**
 * Executions by the lanes' queue, beside triggers. `onCounted` hears, after each commit, of the sequences whose counts
 * moved.
 */
export function openReporting(options: {
  db: Db;
  queue: LaneQueue;
  directory: Directory;
  now: () => Date;
  onCounted: (sequenceIds: string[]) => void;
}): Reporting {
  const { db, queue, directory, now, onCounted } = options;
  const stepIds = createStepIds(db);
  const record = queue.open<PlacedReport, Recorded>({
    laneOf: (report) => homeLane(directory, report.recipient_email),
    write: (tx, lane, reports, at) => recordReports(tx, directory, lane, reports, at),
    onCommitted: (_lane, reports) => onCounted([...new Set(reports.map(({ sequence_id }) => sequence_id))]),
  });

  return {
    async submit(executions) {
      const sequences = await sequencesOf(db, executions);
      const placed = await place(stepIds, sequences, executions);
      // Here and not in the queue: a call with old executions must not keep others waiting while weeks are made.
      const at = now();
      const instants = placed.flatMap((report) => report?.executed_at ?? at);
      await ensureExecutionWeeks(db, instants, at);
      const recorded = await record(placed.filter((report) => report !== null));
      const results = recorded.values();
      return placed.map((report) => {
        if (!report) return { outcome: 'unknown_sequence' };
        const { value } = results.next();
        if (!value) throw new Error('A report was not answered.');
        return value;
      });
    },
  };
}

/** The ids of the sequences that reports name, by name; those that do not exist are missing. */
async function sequencesOf(db: Db, executions: ReportedExecution[]): Promise<Map<string, string>> {
  const names = [...new Set(executions.map(({ sequence }) => sequence))];
  const ids = names.filter(isId);
  const found = await readSequences(db, { ids, keys: names.filter((name) => !isId(name)) });
  const byName = new Map(found.flatMap(({ id, key }) => [[id, id] as const, [key, id] as const]));
  return new Map(
    names.flatMap((name) => {
      const id = byName.get(isId(name) ? name.toLowerCase() : name);
      return id ? [[name, id] as const] : [];
    }),
  );
}

/** The reports with what they name found; null where the sequence does not exist. */
async function place(
  stepIds: StepIds,
  sequences: Map<string, string>,
  executions: ReportedExecution[],
): Promise<(PlacedReport | null)[]> {
  const named = executions.map((execution) => {
    const sequence_id = sequences.get(execution.sequence);
    return sequence_id ? { ...execution, sequence_id } : null;
  });
  const idOf = await stepIds(
    named.flatMap((report): NamedStep[] => {
      if (!report || report.step === null) return [];
      return [{ sequence_id: report.sequence_id, step: report.step }];
    }),
  );
  return named.map((report) => {
    if (!report) return null;
    const { sequence: _, step, sequence_id, ...rest } = report;
    return {
      ...rest,
      sequence_id,
      step_id: step === null ? null : idOf({ sequence_id, step }),
      contact_id: null,
    };
  });
}
