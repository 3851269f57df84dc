import { expect, test } from 'vitest';
import { csvHeader, csvLines } from '../../src/lib/csv.ts';

/** The only cell of a file with this value, as a reader gets it. */
function cellOf(value: unknown): string {
  const line = csvLines([{ value }], ['value']);
  const [, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))\r\n$/.exec(line) ?? [];
  return quoted?.replaceAll('""', '"') ?? plain ?? `no line: ${line}`;
}

test('what a spreadsheet would run gets an apostrophe, so does one that begins with it, and all else stays', () => {
  for (const first of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', "'"])
    for (const rest of ['', '1+1', 'HYPERLINK("https://example.com")', '\r\n=1'])
      expect(cellOf(`${first}${rest}`)).toBe(`'${first}${rest}`);
  for (const text of ['', ' =1', 'a=1', 'a\n=1', '1 + 1', '５－３', '"=1"', '山田 太郎'])
    expect(cellOf(text)).toBe(text);
});

test('numbers, instants, objects and nothing are told as they are', () => {
  expect(cellOf(-2.5)).toBe('-2.5');
  expect(cellOf(false)).toBe('false');
  expect(cellOf(new Date('2026-04-20T09:00:00.000Z'))).toBe('2026-04-20T09:00:00.000Z');
  expect(cellOf(['spring sale', '=1'])).toBe('["spring sale","=1"]');
  expect(cellOf({ plan: '-' })).toBe('{"plan":"-"}');
  expect(cellOf(null)).toBe('');
  expect(cellOf(undefined)).toBe('');
});

test('lines end as RFC 4180 says, and a cell with half a line end is quoted', () => {
  expect(csvHeader(['name', 'note'])).toBe('name,note\r\n');
  const rows = [
    { name: 'Ada', note: 'one\ntwo' },
    { name: 'Bea, "B"', note: 'one\rtwo' },
  ];
  expect(csvLines(rows, ['name', 'note'])).toBe('Ada,"one\ntwo"\r\n"Bea, ""B""","one\rtwo"\r\n');
  expect(csvLines([], ['name'])).toBe('');
});
