import type { Copy } from './mail_server.ts';
import type { readRows } from './rows.sql.ts';

/** What was done to a worker, and which emails (keys) it meant to send that were not settled then. */
export type Strike = {
  worker: string;
  unsettled: ReadonlySet<string>;
  /** Of one that was only stopped: when it went on, by `performance.now()`. */
  wokenAt?: number;
};

export type Evidence = {
  /** Addresses whose trigger was answered as accepted. */
  accepted: readonly string[];
  /** Subjects of the sequence's emails, by the ids of their steps. */
  subjects: ReadonlyMap<string, string>;
  rows: Awaited<ReturnType<typeof readRows>>;
  copies: readonly Copy[];
  /** What the mail server refused for good: keys of emails, and addresses. */
  refused: ReadonlySet<string>;
  strikes: readonly Strike[];
  /** Connections to the mail server that a worker has. */
  connections: number;
};

/** What does not agree, a sentence each; and what there is to tell of a round where all does. */
export type Verdict = { differences: string[]; emails: number; inFlight: number; repeated: number };

/** Compares what was promised, what is written down, and what the mail server took. */
export function judge(evidence: Evidence): Verdict {
  const { copies, strikes } = evidence;
  const byKey = Map.groupBy(copies, ({ key }) => key);
  const inFlight = strikes.map((strike) => {
    const { wokenAt = Number.POSITIVE_INFINITY } = strike;
    return copies.filter((copy) => isInFlight(copy, strike) && copy.at <= wokenAt).length;
  });
  return {
    differences: [
      ...triggersThatDiffer(evidence),
      ...runsThatDiffer(evidence),
      ...emailsThatDiffer(evidence, byKey),
      ...executionsThatDiffer(evidence, byKey),
      ...repeatsByWoken(evidence, byKey),
    ],
    emails: byKey.size,
    inFlight: inFlight.reduce((sum, n) => sum + n, 0),
    repeated: copies.length - byKey.size,
  };
}

/** Each trigger that was answered is there once, and so is its run; and there are no others. */
function triggersThatDiffer({ accepted, rows }: Evidence): string[] {
  const promised = accepted.toSorted().join(' ');
  const sameAs = (emails: string[]) => emails.toSorted().join(' ') === promised;
  const started = rows.triggers.filter(({ outcome }) => outcome === 'accepted');
  return [
    ...(sameAs(started.map(({ email }) => email)) ? [] : [differing('triggers', accepted, started)]),
    ...(sameAs(rows.runs.map(({ email }) => email)) ? [] : [differing('runs', accepted, rows.runs)]),
    ...(rows.openRuns === 0 ? [] : [`The guard rows believe that ${rows.openRuns} runs are under way.`]),
  ];
}

function differing(what: string, accepted: readonly string[], rows: { email: string }[]): string {
  const missing = accepted.filter((email) => !rows.some((row) => row.email === email));
  return `${accepted.length} triggers were accepted and there are ${rows.length} ${what}; without any: ${missing}.`;
}

/** Each run came to its end, or ended since the mail server does not know the address. */
function runsThatDiffer({ rows, refused }: Evidence): string[] {
  return rows.runs.flatMap(({ email, status, exit_reason }) => {
    if (status === 'finished') return [];
    if (status === 'exited' && exit_reason === 'bounced' && refused.has(email)) return [];
    return [`The run of ${email} is ${status} (${exit_reason}).`];
  });
}

/** Each step of each run has its outcome, which is what the mail server has said. */
function emailsThatDiffer(evidence: Evidence, byKey: ReadonlyMap<string, Copy[]>): string[] {
  const { rows, subjects, refused } = evidence;
  const outcomes = new Map(rows.outcomes.map((row) => [keyOf(row, subjects), row]));
  const bounced = new Set(rows.runs.filter(({ status }) => status === 'exited').map(({ email }) => email));
  return rows.runs.flatMap(({ email }) =>
    [...subjects.values()].flatMap((subject) => {
      const key = `${email} ${subject}`;
      const { outcome, reason } = outcomes.get(key) ?? {};
      const copies = byKey.get(key) ?? [];
      const excused = copies.filter((copy) => isExcused(copy, evidence)).length;
      const said = `"${key}" was taken ${copies.length} times (${excused} of them excused), and its outcome is ${outcome} (${reason}).`;
      if (outcome === 'sent') return copies.length >= 1 && copies.length - 1 <= excused ? [] : [said];
      // Not sent, as far as anybody knows: whoever heard of a copy did not live to write it down.
      if (copies.length > excused) return [said];
      if (outcome === 'failed') return refused.has(key) || refused.has(email) ? [] : [said];
      return outcome === undefined && bounced.has(email) ? [] : [said];
    }),
  );
}

/** Each email with the outcome "sent" is one execution, with the Message-ID that all its copies have. */
function executionsThatDiffer({ rows, subjects }: Evidence, byKey: ReadonlyMap<string, Copy[]>): string[] {
  const sent = new Set(
    rows.outcomes.flatMap((row) => (row.outcome === 'sent' ? [keyOf(row, subjects)] : [])),
  );
  const executions = Map.groupBy(rows.executions, (row) => keyOf(row, subjects));
  const keys = new Set([...sent, ...executions.keys()]);
  return [...keys].flatMap((key) => {
    const counted = executions.get(key) ?? [];
    const ids = new Set([...counted.map((row) => row.message_id), ...copyIds(byKey.get(key))]);
    if (sent.has(key) && counted.length === 1 && ids.size === 1) return [];
    return [`"${key}" has ${counted.length} executions, and the Message-IDs ${[...ids].join(', ')}.`];
  });
}

/**
 * One that goes on after it was stopped may hand over what others have sent: one email for each connection. What others
 * had in flight when they were struck themselves, it may have to send again.
 */
function repeatsByWoken(evidence: Evidence, byKey: ReadonlyMap<string, Copy[]>): string[] {
  const { strikes, connections } = evidence;
  return strikes.flatMap((strike) => {
    const { worker, wokenAt = Number.POSITIVE_INFINITY } = strike;
    const elsewise = { strikes: strikes.filter((other) => other !== strike) };
    const isLate = (copy: Copy) =>
      copy.at > wokenAt && isInFlight(copy, strike) && !isExcused(copy, elsewise);
    const isRepeated = (copies: Copy[]) => copies.filter((copy) => !isExcused(copy, elsewise)).length > 1;
    const late = [...byKey.values()].filter((copies) => isRepeated(copies) && copies.some(isLate));
    if (late.length <= connections) return [];
    return [`${worker} repeated ${late.length} emails after it went on, on ${connections} connections.`];
  });
}

/** Whether nobody could know of this copy, or nobody who lived to write it down in time. */
function isExcused(copy: Copy, { strikes }: Pick<Evidence, 'strikes'>): boolean {
  return copy.isAnswerLost || strikes.some((strike) => isInFlight(copy, strike));
}

/** Whether this copy was handed over by the worker that was struck, and not settled when that happened. */
export function isInFlight(copy: Copy, { worker, unsettled }: Strike): boolean {
  return copy.worker === worker && unsettled.has(copy.key);
}

function keyOf(
  { email, step_id }: { email: string; step_id: string },
  subjects: Evidence['subjects'],
): string {
  return `${email} ${subjects.get(step_id)}`;
}

function copyIds(copies: Copy[] = []): string[] {
  return copies.map(({ messageId }) => messageId);
}
