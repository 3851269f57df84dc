import type { Enrollment } from '../enrollment/enrollment.ts';
import type { Plan } from '../sequences/plan.ts';
import { opensAt } from '../sequences/timing.ts';

// What fell due while a sequence was not active goes out one after the other when it is active again. Where each one
// stands among all of them is read once, before the first goes on, and kept: so every lane, whoever works on it and
// however late, gives each the same moment, and one that has its moment is not overdue any more.

/** An overdue enrollment: when it was due, in ms since 1970, and its id. */
export type Mark = [due: number, enrollment: string];

/** The longest time over which what fell due during a pause is spread; a shorter pause is the measure itself. */
export const SPREAD_MS = 60 * 60_000;

/** Whether this fell due before its sequence was active again, and has no moment of its own yet. */
export function isOverdue(plan: Plan, { due_at }: Pick<Enrollment, 'due_at'>): boolean {
  const pause = pauseOf(plan);
  return pause !== null && due_at !== null && due_at.getTime() < pause.end;
}

/** When an enrollment goes on: when it is due, or at its place among those who were overdue. */
export function momentAfterPause(
  plan: Plan,
  { id, due_at }: Pick<Enrollment, 'id' | 'due_at'>,
  marks: Mark[],
  timeZone: string | null,
): Date | null {
  const pause = pauseOf(plan);
  if (!pause || !due_at || !isOverdue(plan, { due_at })) return due_at;
  const share = marks.length === 0 ? 0 : placeAmong(marks, [due_at.getTime(), id], pause.end) / marks.length;
  const after = Math.floor(share * Math.min(pause.end - pause.start, SPREAD_MS));
  // From the opening on, or all those would go out in its first second whose place is before it.
  const start = opensAt(plan, new Date(pause.end), timeZone);
  return opensAt(plan, new Date(start.getTime() + after), timeZone);
}

/** The last pause of a sequence that is active again; null where there was none, or it goes on. */
function pauseOf({ status, paused_at, activated_at }: Plan): { start: number; end: number } | null {
  if (status !== 'active' || !paused_at || !activated_at) return null;
  return { start: paused_at.getTime(), end: activated_at.getTime() };
}

/** How many marks' distances from the first one `mark` stands; what lies behind the last one is before `end`. */
function placeAmong(marks: Mark[], [due, id]: Mark, end: number): number {
  const last = Math.max(0, countUpTo(marks, [due, id]) - 1);
  const from = marks[last]?.[0] ?? due;
  const to = marks[last + 1]?.[0] ?? end;
  // Of those that fell due in the same moment each stands somewhere, by its id's random part.
  const onTheWay = to > from ? (due - from) / (to - from) : Number.parseInt(id.slice(-8), 16) / 2 ** 32;
  return last + Math.min(Math.max(onTheWay, 0), 1);
}

function countUpTo(marks: Mark[], [due, id]: Mark): number {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [markDue, markId] = marks[middle] as Mark;
    if (markDue < due || (markDue === due && markId <= id)) low = middle + 1;
    else high = middle;
  }
  return low;
}
