import { z } from 'zod';
import type { Cursors } from './cursor.ts';

/** What every list takes in its query: how many rows, and after which. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Rows of a page.' }),
  cursor: z.string().max(500).optional().meta({ description: '`next_cursor` of the page before.' }),
});

export type Page<Row> = { rows: Row[]; next_cursor: string | null };

/**
 * One page of a list. `list` names it, filters included; `position` is the part of a row that its order goes
 * by, and `read` gives at most `limit` rows after such a position. One row more than is shown is read, to
 * know whether there is a page after this one.
 */
export async function readPage<Position, Row extends Position>(
  cursors: Cursors,
  { list, position }: { list: string; position: z.ZodType<Position> },
  { limit, cursor }: z.infer<typeof pageQuery>,
  read: (after: Position | undefined, limit: number) => Promise<Row[]>,
): Promise<Page<Row>> {
  const after = cursor === undefined ? undefined : cursors.decode(list, position, cursor);
  const rows = await read(after, limit + 1);
  const last = rows[limit - 1];
  const next_cursor = rows.length > limit && last ? cursors.encode(list, position.parse(last)) : null;
  return { rows: rows.slice(0, limit), next_cursor };
}

/** The position in a list ordered by creation. */
export const creation = z.object({ created_at: z.coerce.date(), id: z.uuid() });
