import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setup } from '../support/setup.ts';
import { asText } from './probe.sql.ts';

const { db } = await setup();

test('numbers, instants and days arrive as they are, with their limits and NULL among them', async () => {
  expect(await asText(db, [0, -1, 32_767, -32_768, null], 'smallint')).toEqual([
    '0',
    '-1',
    '32767',
    '-32768',
    null,
  ]);
  expect(await asText(db, [2 ** 31 - 1, -(2 ** 31), undefined], 'integer')).toEqual([
    '2147483647',
    '-2147483648',
    null,
  ]);
  const bigints = [0, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  expect(await asText(db, bigints, 'bigint')).toEqual(bigints.map(String));
  expect(await asText(db, ['-infinity', '1999-12-31', '2000-01-01', '2028-02-29'], 'date')).toEqual([
    '-infinity',
    '1999-12-31',
    '2000-01-01',
    '2028-02-29',
  ]);
  expect(await asText(db, [], 'uuid')).toEqual([]);
});

test('instants arrive to the millisecond, before 1970 too', async () => {
  const instants = fc.array(fc.date({ noInvalidDate: true, min: new Date(-1e12), max: new Date(1e14) }));
  await fc.assert(
    fc.asyncProperty(instants, async (sent) => {
      const texts = await asText(db, sent, 'timestamptz');
      expect(texts.map((text) => new Date(isoOf(text)))).toEqual(sent);
    }),
    { numRuns: 30 },
  );
});

test('texts arrive as they are, whatever they hold', async () => {
  const texts = fc.array(fc.option(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''))));
  await fc.assert(
    fc.asyncProperty(texts, async (sent) => {
      expect(await asText(db, sent, 'text')).toEqual(sent);
    }),
    { numRuns: 50 },
  );
  const awkward = ['', 'NULL', '{a,b}', '"', '\\', ' a ', 'ä𝄞', 'a\nb'];
  expect(await asText(db, awkward, 'text')).toEqual(awkward);
});

test('JSON, bytes and UUIDs arrive as they are', async () => {
  const values = [{ a: [1, 'ü"'] }, [], 'text', 1.5, true, null];
  const texts = await asText(db, values, 'jsonb');
  expect(texts.map((text) => (text === null ? null : JSON.parse(text)))).toEqual(values);
  expect(await asText(db, [Buffer.from([0, 255, 7])], 'bytea')).toEqual(['\\x00ff07']);
  const ids = ['00000000-0000-0000-0000-000000000000', 'FFFFFFFF-ffff-4FFF-8fff-0123456789ab'];
  expect(await asText(db, ids, 'uuid')).toEqual(ids.map((id) => id.toLowerCase()));
});

test('what is no UUID, day or instant throws before it is sent', async () => {
  for (const wrong of ['', 'g0000000-0000-0000-0000-000000000000', '00000000000000000000000000000000', 7]) {
    await expect(asText(db, [wrong], 'uuid')).rejects.toThrow(TypeError);
  }
  for (const wrong of ['', 'tomorrow', '2026-02-03T12:00', '2026-13-01']) {
    await expect(asText(db, [wrong], 'date')).rejects.toThrow(TypeError);
  }
  for (const wrong of ['2026-01-01', new Date(Number.NaN)]) {
    await expect(asText(db, [wrong], 'timestamptz')).rejects.toThrow(TypeError);
  }
  await expect(asText(db, [2 ** 15], 'smallint')).rejects.toThrow(RangeError);
});

/** PostgreSQL's own text of an instant, in whatever zone the server is, as one that Date.parse is certain of. */
function isoOf(text: string | null): string {
  const [, day = '', time = '', hours = '', minutes = ':00'] =
    /^(\S+) ([\d:.]+)([+-]\d\d)(:\d\d)?$/.exec(text ?? '') ?? [];
  return `${day}T${time}${hours}${minutes}`;
}
