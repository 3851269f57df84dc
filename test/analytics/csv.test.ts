import { expect, test } from 'vitest';
import { recipientsCsv } from '../../src/analytics/csv.ts';
import { EVERYTHING } from '../../src/analytics/filter.ts';
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
  return named(await text(file));
}

function named(file: string): Record<string, string>[] {
  const [header = [], ...lines] = parse(file);
  return lines.map((fields) => {
    expect(fields).toHaveLength(header.length);
    return Object.fromEntries(fields.map((field, i) => [header[i] ?? '', field]));
  });
}

/** A row of JSON as a file has it. */
function asText(row: Record<string, unknown>, columns: string[]): Record<string, string> {
  const told = (value: unknown) => {
    if (value === null || value === undefined) return '';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return Object.fromEntries(columns.map((column) => [column, told(row[column])]));
}

function byContact(a: Record<string, string>, b: Record<string, string>): number {
  return (a.contact_id ?? '') < (b.contact_id ?? '') ? -1 : 1;
}

test.for(['', '&source=promo', '&source=promo&source=import'])(
  'the files say what the JSON says: %s',
  async (part) => {
    const query = `${RANGE}${part}`;
    for (const name of ['executions', 'recipients']) {
      const file = await rowsOf(`${url}/${name}.csv?${query}`);
      const list = await pagesOf<Record<string, unknown>>(`${url}/${name}?${query}`, name, { limit: 100 });
      expect(file.length).toBeGreaterThan(5);
      const told = list.map((row) => asText(row, Object.keys(file[0] ?? {})));
      // People have another order in the file.
      const inOrder = name === 'recipients' ? told.toSorted(byContact) : told;
      expect(name === 'recipients' ? file.toSorted(byContact) : file).toEqual(inOrder);
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
  const nameOf = async (question: string) => {
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
  expect(await nameOf(`executions.csv?${RANGE}`)).toBe(file('executions-2026-03-15-to-2026-04-12'));
  expect(await nameOf('recipients.csv?time_range=7d')).toBe(file('recipients-2026-04-14-to-2026-04-20'));
  expect(await nameOf('series.csv?time_range=30d')).toBe(file('day-2026-03-22-to-2026-04-20'));
  expect(await nameOf('series.csv?time_range=all&interval=week')).toBe(file('week-2026-03-12-to-2026-04-20'));
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
    '\n=1',
    '＝1+1',
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
  const runs = /^[=+\-@\t\r\n＝]/;
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

test('who is written to or reported late while the file of people is read stands in it once, as everybody else', async () => {
  const { id, key } = await aSequence(db, { name: 'Late' });
  const mail = (contact: number, minutesAgo: number) => {
    const at = new Date(clock.now().getTime() - minutesAgo * 60_000);
    return { contact, sequence: 1, source: 'api', step: 0, at, key: `${contact}, ${minutesAgo} minutes ago` };
  };
  // More than a page of the file has.
  const people = Array.from({ length: 5_200 }, (_, contact) => contact);
  const first = people.map((contact) => mail(contact, 100 + contact));
  await recordEvents(db, first, id);
  const edges = { from: new Date('2026-04-01'), before: new Date('2026-04-21') };
  const pages: string[] = [];
  for await (const page of recipientsCsv(db, { sequenceId: id, edges, filter: EVERYTHING })) {
    pages.push(page);
    if (pages.length !== 2) continue;
    // Among the newest, between them and the rest, and before all of them.
    const late = people.filter((contact) => contact % 8 === 0);
    const events = late.flatMap((contact) => [5, 150, 9_000].map((ago) => mail(contact, ago + 0.5)));
    await recordEvents(db, events, id);
  }
  expect(pages.length).toBe(3);
  const told = named(pages.join('')).map(({ contact_id }) => contact_id);
  const counted = await get<{ unique_recipients: number }>(`/api/sequences/${key}/analytics`);
  expect(told).toHaveLength(counted.unique_recipients);
  expect(new Set(told)).toEqual(new Set(people.map((contact) => idOf(`person${contact}@example.com`))));
  const again = await rowsOf(`/api/sequences/${key}/analytics/recipients.csv`);
  expect(again.map(({ contact_id }) => contact_id)).toEqual(told);
});

test('a source may have spaces: the sources of a person are a list in JSON', async () => {
  const { id, key } = await aSequence(db, { name: 'Spaces' });
  const some = { contact: 1, sequence: 1, at: clock.now(), step: 0 };
  await recordEvents(
    db,
    ['spring sale', 'sale', 'spring'].map((source) => ({ ...some, source, key: source })),
    id,
  );
  const [person] = await rowsOf(`/api/sequences/${key}/analytics/recipients.csv`);
  expect(person?.sources).toBe('["sale","spring","spring sale"]');
});
