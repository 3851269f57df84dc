import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createTroubleLog } from '../../src/app/trouble.ts';

/** What was written to the log, and a log that writes there. */
function aLog() {
  const lines: { level: number; msg: string; err?: { stack: string } }[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
}

test('a database that is away is one line when it goes, and one when it is back', async () => {
  const { log, lines } = aLog();
  let isThere = false;
  const tell = createTroubleLog({ log, isUp: async () => isThere, everyMs: 5 });
  for (const doing of ['settling', 'claiming due steps', 'moving counters']) tell(refused(), doing);
  tell(new Error('Connection terminated unexpectedly'), 'notifying');
  tell(Object.assign(new Error('terminating connection'), { code: '57P01' }), 'settling');
  tell(Object.assign(new Error('sorry, too many clients already'), { code: '53300' }), 'claiming due steps');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 50 });
  expect(lines[0]?.msg).toMatch(/^The database does not answer \(connect ECONNREFUSED 127/);
  expect(lines[0]).not.toHaveProperty('err');
  isThere = true;
  await expect.poll(() => lines.length).toBe(2);
  expect(lines[1]?.msg).toMatch(/^The database answers again, after \d+ s$/);
  tell(refused(), 'settling');
  expect(lines).toHaveLength(3);
});

test('any other failure is a line each time, with its stack, also while the database is away', () => {
  const { log, lines } = aLog();
  const tell = createTroubleLog({ log, isUp: async () => false });
  tell(refused(), 'settling');
  for (let n = 0; n < 2; n++) tell(new TypeError('a bug'), 'folding counters');
  expect(lines.slice(1)).toMatchObject(
    Array(2).fill({
      level: 50,
      msg: 'folding counters failed',
      err: { stack: expect.stringContaining('a bug') },
    }),
  );
});
