import { beforeEach, describe, expect, test, vi } from 'vitest';
import { troubleHere, watchMailTrouble } from '../../src/app/mail_trouble.ts';
import { leave, renewLeases } from '../../src/delivery/lease.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import { noTrouble } from '../support/factories.ts';
import { giveLanesBack } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

beforeEach(() => giveLanesBack(db));

const REFUSED = { outcome: 'authentication_failed' as const, reply: '535 no' };
const SINCE = new Date('2026-03-02T09:00:00.000Z');
const well = { mailHealth: { trouble: null }, worker: { fullSince: null, backlog: () => 0 } };
const refused = { ...well, mailHealth: { trouble: { ...REFUSED, since: SINCE } } };
const theirs = { ...REFUSED, since: SINCE.toISOString() };

function watch(parts: Partial<Parameters<typeof watchMailTrouble>[0]> = {}) {
  const rest = { isWatched: () => true, onChange: () => {}, onTrouble: noTrouble };
  return watchMailTrouble({ db, sends: false, began: SINCE, ...well, ...rest, ...parts });
}

describe('why mail does not get out', () => {
  test('of this process: results that wait for the database, before what the mail server says', () => {
    expect(troubleHere(well)).toBeNull();
    expect(troubleHere(refused)).toEqual(theirs);
    const worker = { fullSince: SINCE, backlog: () => 5_001 };
    expect(troubleHere({ ...refused, worker })).toEqual({
      since: SINCE.toISOString(),
      outcome: 'results_waiting',
      reply: '5001 results wait for the database.',
    });
  });

  test('of another process is told as well, and forgotten when that goes', async () => {
    const other = newId();
    await renewLeases(db, other, 15_000, { trouble: theirs });
    expect(await watch({ sends: true }).read()).toEqual(theirs);
    expect(await watch().read()).toEqual(theirs);
    await leave(db, other);
    expect(await watch({ sends: true }).read()).toBeNull();
  });

  test('is that nobody sends, since the last one was heard of or this process began', async () => {
    expect(await watch().read()).toMatchObject({ outcome: 'no_worker', since: SINCE.toISOString() });
    const silent = newId();
    await renewLeases(db, silent, -1_000, { trouble: null });
    const trouble = await watch().read();
    expect(trouble).toMatchObject({ outcome: 'no_worker' });
    expect(trouble?.since).not.toBe(SINCE.toISOString());
    await leave(db, silent);
  });

  test('is told of when it changes, while somebody watches', async () => {
    const onChange = vi.fn();
    let isWatched = true;
    const watched = watch({ onChange, isWatched: () => isWatched });
    await watched.runOnce();
    await watched.runOnce();
    expect(onChange).not.toHaveBeenCalled();
    const worker = newId();
    await renewLeases(db, worker, 15_000, { trouble: null });
    await watched.runOnce();
    expect(onChange).toHaveBeenCalledTimes(1);
    await leave(db, worker);
    isWatched = false;
    await watched.runOnce();
    expect(onChange).toHaveBeenCalledTimes(1);
  });
});
