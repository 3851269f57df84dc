import { expect, test } from 'vitest';
import { problemsOfFile, readConfig } from '../src/config.ts';
import { settingsArguments } from '../src/db/embedded/settings.ts';

/** What the configuration says of REDIS_URL: the value, or the problem. */
function redisUrl(text: string): string | null {
  const read = readConfig({ REDIS_URL: text }, '/nowhere');
  return read.ok ? read.config.redisUrl : (read.problems[0] ?? null);
}

test('a Redis is named by its address or its socket', () => {
  expect(redisUrl(' ')).toBeNull();
  for (const url of [
    'redis://localhost',
    'redis://:a%40b@[::1]:6379/2',
    'rediss://user:password@redis.example.com:6380',
    'unix:///run/redis/redis-server.sock',
    'unix://:password@/run/redis.sock?db=3',
  ]) {
    expect(redisUrl(url)).toBe(url);
  }
});

test('a Redis that cannot be meant is refused, in words without the password', () => {
  for (const url of [
    'localhost:6379',
    'http://localhost:6379',
    'redis://',
    'redis://:secret@localhost/sales',
    'redis://:secret%zz@localhost',
    'unix://run/redis.sock',
    'unix:///run/redis.sock?db=first',
  ]) {
    expect(redisUrl(url)).toMatch(/^REDIS_URL must be a URL like redis:/);
    expect(redisUrl(url)).not.toContain('secret');
  }
});

test('a lane is leased for fifteen seconds, or for what is set, within bounds that can work', () => {
  const leaseOf = (LANE_LEASE_SECONDS: string) => {
    const read = readConfig({ LANE_LEASE_SECONDS }, '/nowhere');
    return read.ok ? read.config.laneLeaseMs : read.problems;
  };
  expect(leaseOf('')).toBe(15_000);
  expect(leaseOf('2')).toBe(2_000);
  expect(leaseOf('300')).toBe(300_000);
  for (const text of ['1', '301', '2.5', 'long']) {
    const problem = `LANE_LEASE_SECONDS must be a whole number of seconds from 2 to 300, not "${text}"`;
    expect(leaseOf(text)).toEqual([problem]);
  }
});

test('as many processes send for a server as the embedded PostgreSQL has connections for', () => {
  const workersOf = (WORKERS: string) => {
    const read = readConfig({ WORKERS, TIME_ZONE: 'UTC' }, '/nowhere');
    return read.ok ? read.config.workers : read.problems;
  };
  expect([workersOf(''), workersOf('0'), workersOf('16')]).toEqual([0, 0, 16]);
  for (const text of ['17', '-1', '1.5', 'many'])
    expect(workersOf(text)).toEqual([`WORKERS must be a number of processes from 0 to 16, not "${text}"`]);
  const [, most] = /max_connections=(\d+)/.exec(settingsArguments('/run').join(' ')) ?? [];
  expect(Number(most)).toBeGreaterThan(48 + 16 * 20);
});

test.each(['', 'Mars', 'Etc/Unknown'])(
  'a TZ of "%s" is UTC with a warning, unless TIME_ZONE is set',
  (TZ) => {
    const machine = process.env.TZ;
    process.env.TZ = TZ;
    try {
      const read = readConfig({ TZ }, '/nowhere');
      expect(read).toMatchObject({
        config: { timeZone: 'UTC', warnings: [expect.stringMatching(`^TZ is "${TZ}".* in UTC`)] },
      });
      const set = readConfig({ TZ, TIME_ZONE: 'Europe/Berlin' }, '/nowhere');
      expect(set).toMatchObject({ config: { timeZone: 'Europe/Berlin', warnings: [] } });
    } finally {
      if (machine === undefined) delete process.env.TZ;
      else process.env.TZ = machine;
    }
  },
);

test('a line of .env that would have no effect is refused, with the name that was meant and no values', () => {
  const file = [
    '# where mail goes',
    'SMPT_URL=smtp://user:secret@mail.example.com',
    'SMTP_URL: smtp://user:secret@mail.example.com?requireTLS=true',
    'datadir=/srv/sequitur',
    'export MAIL_FROM="Shop',
    'SMTP_HOST=inside a value',
    '<hello@example.com>"',
    'WAREHOUSE=north',
    '',
    'TZ=UTC',
    "EXAMPLES='off'",
    'just words',
  ];
  expect(problemsOfFile(file.join('\r\n'))).toEqual([
    '.env, line 2: SMPT_URL is no setting; did you mean SMTP_URL?',
    '.env, line 3, assigns nothing: write NAME=value, or # in front of a comment',
    '.env, line 4: datadir is no setting; did you mean DATA_DIR?',
    '.env, line 8: WAREHOUSE is no setting of Sequitur',
    '.env, line 12, assigns nothing: write NAME=value, or # in front of a comment',
  ]);
});

test('a name in the environment that nearly is one of ours is warned of, unless ours is set as well', () => {
  const warningsOf = (env: Record<string, string>) => {
    const read = readConfig({ TIME_ZONE: 'UTC', ...env }, '/nowhere');
    return read.ok ? read.config.warnings : read.problems;
  };
  expect(warningsOf({ SMPT_URL: 'smtp://user:secret@mail.example.com', DATADIR: '/srv' })).toEqual([
    'SMPT_URL is set, which is no setting of Sequitur; did you mean SMTP_URL?',
    'DATADIR is set, which is no setting of Sequitur; did you mean DATA_DIR?',
  ]);
  expect(warningsOf({ SMPT_URL: '', SMTP_URL: 'smtp://mail.example.com' })).toEqual([]);
  const others = {
    HOSTNAME: 'a',
    PATH: 'b',
    HOME: 'c',
    PORTS: 'd',
    XDG_DATA_DIRS: 'e',
    SMTP_USER: 'f',
    MAIL: 'g',
  };
  expect(warningsOf(others)).toEqual([]);
});
