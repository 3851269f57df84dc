import { expect, test } from 'vitest';
import { z } from 'zod';
import { createCursors } from '../../src/http/cursor.ts';
import { Problem } from '../../src/http/errors.ts';

const cursors = createCursors(Buffer.alloc(32, 7));
const position = z.object({ at: z.iso.datetime(), id: z.string() });
const last = { at: '2026-03-01T09:30:00.123Z', id: 'é' };

function refusal(cursor: string, list = 'contacts', schema: z.ZodType = position): unknown {
  try {
    return cursors.decode(list, schema, cursor);
  } catch (error) {
    return error instanceof Problem ? error.errors : error;
  }
}

const unknown = [{ path: 'cursor', message: 'is not a cursor that this list has given' }];

test('a cursor comes back as the position that it was made of', () => {
  expect(cursors.decode('contacts', position, cursors.encode('contacts', last))).toEqual(last);
});

test('a cursor that was changed, made up, or given by another list or server is refused', () => {
  const good = cursors.encode('contacts', last);
  const changed = Buffer.from(good, 'base64url');
  changed[20] = (changed[20] ?? 0) ^ 1;
  const made = Buffer.concat([Buffer.alloc(16), Buffer.from(JSON.stringify(last))]).toString('base64url');
  const other = createCursors(Buffer.alloc(32, 8)).encode('contacts', last);
  for (const cursor of ['', 'x', '💥', good.slice(0, -2), changed.toString('base64url'), made, other])
    expect(refusal(cursor)).toEqual(unknown);
  expect(refusal(good, 'audit')).toEqual(unknown);
});

test('a cursor whose form has changed since is refused, not misread', () => {
  expect(refusal(cursors.encode('contacts', last), 'contacts', z.object({ n: z.number() }))).toEqual(unknown);
});
