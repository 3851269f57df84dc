import { expect, test } from 'vitest';
import { inLane, laneOf } from '../../src/db/lanes.ts';
import { type Report, recordReported } from '../../src/ledger/reported.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { newId } from '../../src/lib/uuid.ts';
import { aClock, aSequence } from '../support/factories.ts';
import { idOf, recordEvents, someEvents } from '../support/history.ts';
import { setup } from '../support/setup.ts';
import { openAnalytics } from './open_server.ts';

const { db } = await setup();
const clock = aClock('2026-04-20T09:00:00.000Z');
const { app, ask, get, text, pagesOf } = await openAnalytics(db, clock);
const sequence = await aSequence(db, { name: 'Frühling & Sommer' });
await recordEvents(db, someEvents(300, 21), sequence.id);
const url = `/api/sequences/${sequence.key}/analytics`;
const RANGE = 'from=2026-03-15&to=2026-04-12';

/** What a program that follows RFC 4180 reads: lines of fields. */
function parse(file: string): string[][] {
  const lines: string[][] = [];
  for (let rest = file; rest !== ''; ) {
    const fields: string[] = [];
    for (let ends = false; !ends; ) {
      const [all = '', quoted, plain = '', end] =
        /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? [];
      if (all === '') throw new Error(`This is no CSV: ${rest.slice(0, 80)}`);
      fields.push(quoted?.replaceAll('""', '"') ?? plain);
      rest = rest.slice(all.length);
      ends = end === '\r\n';
    }
    lines.push(fields);
  }
  return lines;
}

/** The rows of a file by the names in its header. */
async function rowsOf(file: string): Promise<Record<string, string>[]> {
  const [header = [], ...lines] = parse(await text(file));
  return lines.map((fields) => {
    expect(fields).toHaveLength(header.length);
    return Object.fromEntries(fields.map((field, i) => [header[i] ?? '', field]));
  });
}

/** A row of JSON as a file has it. */
function asText(row: Record<string, unknown>, columns: string[]): Record<string, string> {
  const told = (value: unknown) => {
    if (Array.isArray(value)) return value.join(' ');
    if (value === null || value === undefined) return '';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return Object.fromEntries(columns.map((column) => [column, told(row[column])]));
}

test.for(['', '&source=promo', '&source=promo&source=import'])(
  'the files say what the JSON says: %s',
  async (part) => {
    const query = `${RANGE}${part}`;
    for (const name of ['executions', 'recipients']) {
      const file = await rowsOf(`${url}/${name}.csv?${query}`);
      const list = await pagesOf<Record<string, unknown>>(`${url}/${name}?${query}`, name, { limit: 100 });
      expect(file.length).toBeGreaterThan(5);
      expect(file).toEqual(list.map((row) => asText(row, Object.keys(file[0] ?? {}))));
    }
    for (const interval of ['day', 'week', 'month']) {
      const file = await rowsOf(`${url}/series.csv?${query}&interval=${interval}`);
      type Series = { points: Record<string, unknown>[] };
      const { points } = await get<Series>(`${url}/series?${query}&interval=${interval}`);
      expect(file).toEqual(points.map((point) => asText(point, Object.keys(file[0] ?? {}))));
    }
  },
);

test('a file is called by its sequence, what it holds and its days', async () => {
  const named = async (question: string) => {
    const { headers } = await ask(`${url}/${question}`);
    expect(headers).toMatchObject({
      'content-type': expect.stringContaining('text/csv'),
      'cache-control': 'no-store',
    });
    expect(headers['content-type']).toContain('charset=utf-8');
    return headers['content-disposition'];
  };
  const file = (name: string) => `attachment; filename="${sequence.key}-${name}.csv"`;
  expect(sequence.key).toBe('fruhling-sommer');
  expect(await named(`executions.csv?${RANGE}`)).toBe(file('executions-2026-03-15-to-2026-04-12'));
  expect(await named('recipients.csv?time_range=7d')).toBe(file('recipients-2026-04-14-to-2026-04-20'));
  expect(await named('series.csv?time_range=30d')).toBe(file('day-2026-03-22-to-2026-04-20'));
  expect(await named('series.csv?time_range=all&interval=week')).toBe(file('week-2026-03-12-to-2026-04-20'));
});

test('an empty range is a header alone, but for the days of a series', async () => {
  const nothing = 'from=2020-01-01&to=2020-01-02';
  expect(parse(await text(`${url}/executions.csv?${nothing}`))).toHaveLength(1);
  expect(parse(await text(`${url}/recipients.csv?${nothing}`))).toHaveLength(1);
  expect(await rowsOf(`${url}/series.csv?${nothing}`)).toMatchObject([
    { executions: '0' },
    { executions: '0' },
  ]);
});

test('names in any writing come through, and what a spreadsheet would run as a formula does not run', async () => {
  const values = [
    'Zoë Müller-Łukasz',
    '山田 太郎',
    '🦊 "fox", the\r\nsecond line',
    '=HYPERLINK("https://example.com","open")',
    '+1 555 0100',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    'one\n=two',
    'one\r=two',
    "'quoted",
    '',
  ];
  const at = clock.now();
  await ensureWeeks(db, [at]);
  const email = 'fox@example.com';
  const reports = values.map((value): Report => {
    const what = { sequence_id: sequence.id, step_id: null, revision: null, source: 'crm', executed_at: at };
    const who = { contact_id: idOf(email), recipient_email: email, recipient_user_id: value };
    return { ...what, ...who, context: { name: value }, key: newId(), is_dated: true, erased_as: null };
  });
  const lane = laneOf(email, 32);
  await inLane(db, lane, (tx) => recordReported(tx, lane, reports));
  const file = await rowsOf(`${url}/executions.csv?source=crm`);
  const runs = /^[=+\-@\t\r]/;
  for (const row of file) for (const field of Object.values(row)) expect(field).not.toMatch(runs);
  const told = file.map((row) => row.recipient_user_id?.replace(/^'/, ''));
  expect(told.sort()).toEqual(values.toSorted());
  const names = file.map((row): unknown => JSON.parse(row.context ?? '').name);
  expect(names.sort()).toEqual(values.toSorted());
  const bytes = (
    await app.inject({ url: `${url}/executions.csv?source=crm`, headers: { authorization: 'Bearer known' } })
  ).rawPayload;
  expect(bytes.includes(Buffer.from('Zoë Müller-Łukasz', 'utf8'))).toBe(true);
});
