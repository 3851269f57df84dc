const MINUTE = 60_000;
const LONGEST = 12 * 60 * MINUTE;

/**
 * How long to wait before the next try, in ms, after `attempt` (from 1) has failed: a minute, then four times as
 * long each time up to twelve hours. `chance` (0 to 1) takes off up to a quarter, so that mail which failed
 * together does not come back together.
 */
export function backoff(attempt: number, chance: number): number {
  const full = Math.min(MINUTE * 4 ** (attempt - 1), LONGEST);
  return Math.round(full * (1 - chance / 4));
}
