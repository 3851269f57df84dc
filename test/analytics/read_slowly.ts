import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { executionsCsv } from '../../src/analytics/csv.ts';
import { EVERYTHING } from '../../src/analytics/filter.ts';
import { openDatabase } from '../../src/db/database.ts';

// A program of its own, which a test gives little memory: reads a sequence's file in small bites and says how many
// lines it had.
const { connection, sequenceId, from, before } = JSON.parse(process.argv[2] ?? '{}');
const db = openDatabase(connection, { max: 1 });
const edges = { from: new Date(from), before: new Date(before) };
let lines = 0;

async function* bites(text: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const page of text) {
    const bytes = Buffer.from(page);
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  }
}

const reader = new Writable({
  highWaterMark: 65_536,
  async write(bite: Buffer, _encoding, done) {
    for (const byte of bite) if (byte === 10) lines += 1;
    await turn();
    done();
  },
});

await pipeline(executionsCsv(db, { sequenceId, edges, filter: EVERYTHING }), bites, reader);
await db.destroy();
process.stdout.write(JSON.stringify({ lines, megabytes: process.resourceUsage().maxRSS / 1024 }));
