import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { newId } from '../../src/lib/uuid.ts';
import { Installation } from '../process/installation.ts';
import { ensurePython } from '../support/python.ts';
import { setup } from '../support/setup.ts';
import { insertTheirs, makeSchema, runText, type TheirRow } from './their_table.sql.ts';

const run = promisify(execFile);

const guide = await readFile(join(import.meta.dirname, '../../docs/guide/existing-sender.md'), 'utf8');
const [client = '', table = '', importer = '', reporter = ''] = blocks('python');
const [tables = '', , byHand = ''] = blocks('sql');
const [, exports = '', curl = ''] = blocks('sh');

// Stands for the database of the CRM.
const { db, connection } = await setup();
await makeSchema(db, 'crm');
const theirs = openDatabase({ ...connection, options: '-c search_path=crm' }, { max: 1 });
afterAll(() => theirs.destroy());

let python: string;
beforeAll(async () => {
  python = await ensurePython();
}, 600_000);

function blocks(kind: string): string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
}

const [welcome, newsletter] = [newId(), newId()];
const SEQUENCES = [
  { id: welcome, name: 'Welcome' },
  { id: newsletter, name: 'Newsletter, "weekly"' },
];
const FEBRUARY = Date.parse('2026-02-01T00:00:00Z');

/** Two thousand emails to some three hundred people in January, February and March, one every hour or so. */
const ROWS: TheirRow[] = Array.from({ length: 2_000 }, (_, i) => ({
  id: i + 1,
  sequence_id: i % 3 === 0 ? welcome : newsletter,
  recipient_email:
    i % 7 === 0 ? ` Person${(i * 31) % 311}@Example.com` : `person${(i * 31) % 311}@example.com`,
  recipient_user_id: i % 5 === 0 ? null : '6f9619ff-8b86-4d11-b42d-00c04fc964ff',
  step: i % 4 === 0 ? null : `letter, ${i % 4}`,
  source: i % 2 === 0 ? 'signup' : null,
  context: i % 3 === 0 ? { text: 'two\nlines', n: i } : null,
  executed_at: new Date(FEBRUARY - 20 * 86_400_000 + i * 3_500_000 + (i % 1000)),
}));

/** The CRM’s folder, with the guide’s programs in it. `python` runs one of them against `url`. */
async function aCrm(url: string, key: string) {
  const folder = await mkdtemp(join(tmpdir(), 'sequitur crm '));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'sequitur.py'), client);
  await writeFile(join(folder, 'our_table.py'), table);
  await writeFile(join(folder, 'import_history.py'), importer);
  await writeFile(join(folder, 'reporter.py'), reporter);
  const env = { ...process.env, SEQUITUR_URL: url, SEQUITUR_KEY: key };
  return {
    folder,
    env,
    python: (...args: string[]) => run(python, args, { cwd: folder, env }),
  };
}

/** Writes what the guide’s psql commands write. */
async function exportTheirs(folder: string): Promise<void> {
  const copies = exports.matchAll(/\\copy \((.*)\) TO (\S+) CSV HEADER/g);
  for (const [, query = '', file = ''] of copies) {
    const rows = await runText(theirs, query.replaceAll('\\"', '"'));
    const names = Object.keys(rows[0] ?? {});
    const lines = rows.map((row) => names.map((name) => cell(row[name])).join(','));
    await writeFile(join(folder, file), `${[names.join(','), ...lines].join('\n')}\n`);
  }
}

function cell(value: unknown): string {
  if (value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `"${text.replaceAll('"', '""')}"`;
}

type Summary = { sequences: { execution_count: number; unique_recipients: number }[] };
type Analytics = {
  total_executions: number;
  unique_recipients: number;
  by_step: { name: string | null; executions: number }[];
  executions: { executed_at: string; context: unknown; via: string }[];
};

test('a table is imported with its ids, reported on from then, and counts as by hand', async () => {
  const installation = await Installation.make();
  await installation.start();
  const { out } = await installation.run(['api-key', 'create', 'CRM']);
  const crm = await aCrm(installation.url, out.trim());
  for (const statement of tables.split(';').filter((text) => text.trim())) await runText(theirs, statement);
  await insertTheirs(theirs, { sequences: SEQUENCES, rows: ROWS });
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${out.trim()}` };
    const answer = await fetch(`${installation.url}/api/${path}`, { headers });
    return (await answer.json()) as Analytics & Summary;
  };
  const summary = async () => (await ask('sequences/analytics/summary')).sequences;

  await exportTheirs(crm.folder);
  expect(await crm.python('import_history.py')).toEqual({
    stdout: 'Done; 0 rows were not taken.\n',
    stderr: '',
  });
  const expected = SEQUENCES.map(({ id, name }) => ({
    sequence_id: id,
    sequence_name: name,
    execution_count: ROWS.filter(({ sequence_id }) => sequence_id === id).length,
    trigger_count: 0,
  }));
  const imported = await summary();
  expect(imported).toHaveLength(2);
  expect(imported).toEqual(expect.arrayContaining(expected.map((card) => expect.objectContaining(card))));
  for (const { id } of SEQUENCES) await expectSameByHand(crm, id);

  // Interrupted, and run from the start again.
  expect((await crm.python('import_history.py')).stdout).toBe('Done; 0 rows were not taken.\n');
  expect(await summary()).toEqual(imported);

  // What is asked here is kept as an answer, until something that it counts has changed.
  const lastWeek = () => ask(`sequences/${welcome}/analytics?time_range=7d`);
  expect(await lastWeek()).toMatchObject({ total_executions: 0 });
  const sent = `from datetime import datetime, timezone
from uuid import UUID
from reporter import after_sending
row = {"id": 2001, "sequence_id": UUID("${welcome}"), "recipient_email": "new@example.com",
       "recipient_user_id": None, "step": "letter, 1", "source": "signup", "context": {"plan": "pro"},
       "executed_at": datetime.now(timezone.utc)}
after_sending(row)
after_sending(row)
`;
  await crm.python('-c', sent);
  const page = await lastWeek();
  expect(page).toMatchObject({ total_executions: 1, unique_recipients: 1 });
  expect(page.by_step).toMatchObject([{ name: 'letter, 1', executions: 1 }]);
  expect(page.executions[0]).toMatchObject({ context: { plan: 'pro' }, via: 'reported' });
  // Those that were sent while the history was imported come both ways.
  await crm.python('-c', ROWS.slice(270, 300).map(afterSending).join('\n'));
  expect((await summary()).reduce((sum, card) => sum + card.execution_count, 0)).toBe(2_001);
  expect((await installation.run(['recount'])).code).toBe(0);
}, 120_000);

/** Python that reports a row as the CRM has it when it has just written it. */
function afterSending({ executed_at, context, ...row }: TheirRow): string {
  const text = (value: string | null) => (value === null ? 'None' : JSON.stringify(value));
  const uuid = (value: string | null) => (value === null ? 'None' : `UUID("${value}")`);
  return `import json
from datetime import datetime
from uuid import UUID
from reporter import after_sending
after_sending({"id": ${row.id}, "sequence_id": ${uuid(row.sequence_id)}, "step": ${text(row.step)},
  "recipient_email": ${text(row.recipient_email)}, "recipient_user_id": ${uuid(row.recipient_user_id)},
  "source": ${text(row.source)}, "context": json.loads(${JSON.stringify(JSON.stringify(context))}),
  "executed_at": datetime.fromisoformat("${executed_at.toISOString().replace('Z', '+00:00')}")})`;
}

/** Asks both as the guide does, for February. */
async function expectSameByHand({ env }: { env: NodeJS.ProcessEnv }, sequence: string): Promise<void> {
  const [path = ''] = /\/api\/[^"]*/.exec(curl) ?? [];
  const url = `${env.SEQUITUR_URL}${path.replace('$SEQUENCE', sequence)}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${env.SEQUITUR_KEY}` } });
  const { total_executions, unique_recipients } = (await answer.json()) as Analytics;
  const [counted] = await runText(theirs, byHand.replace('…', sequence));
  expect(total_executions).toBeGreaterThan(100);
  expect({ total_executions, unique_recipients }).toEqual(counted);
}

test('rows that are no executions are told with their reasons, and keep none of the others out', async () => {
  const installation = await Installation.make();
  await installation.start();
  const { out } = await installation.run(['api-key', 'create', 'CRM']);
  const crm = await aCrm(installation.url, out.trim());
  const script = `import json
from sequitur import Sequitur
sequitur = Sequitur("${installation.url}", "${out.trim()}")
sequitur.keep_sequence("${welcome}", "Welcome")
sequitur.keep_sequence("${welcome}", "Welcome")
executions = [{"id": str(i), "sequence": "${welcome}", "recipient_email": f"person{i}@example.com",
               "executed_at": "2026-02-01T10:00:00Z"} for i in range(1500)]
executions[3]["recipient_email"] = "nobody"
executions[3]["executed_at"] = "2026-02-01 10:00"
executions[700]["context"] = "none"
executions[1200]["sequence"] = "no-such-sequence"
executions[1300]["id"] = "1299"
executions[1300]["recipient_email"] = "person1299@example.com"
executions[1300]["source"] = "elsewhere"
for execution, reason in sequitur.report_all(executions):
    print(json.dumps([execution["id"], reason]))
`;
  const { stdout } = await crm.python('-c', script);
  const told = stdout
    .trim()
    .split('\n')
    .map((line): string[] => JSON.parse(line));
  expect(told).toEqual([
    [
      '3',
      'recipient_email must look like name@example.com; executed_at does not say its time zone: end it with Z, or with an offset such as +02:00',
    ],
    ['700', 'context must be an object'],
    ['1200', 'There is no sequence "no-such-sequence".'],
    ['1299', 'The id "1299" stands for another email to this recipient.'],
  ]);
  const headers = { authorization: `Bearer ${out.trim()}` };
  const answer = await fetch(`${installation.url}/api/sequences/analytics/summary`, { headers });
  expect(((await answer.json()) as Summary).sequences).toMatchObject([
    { execution_count: 1_496, unique_recipients: 1_496 },
  ]);
}, 120_000);

test('a call is repeated while nobody answers or the answer is a failure, and one that is refused is not', async () => {
  const answers = [503, 429, 'cut', 200, 401] as const;
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = answers[bodies.push(Buffer.concat(chunks).toString()) - 1];
    if (answer === 'cut' || answer === undefined) return request.socket.destroy();
    const body = answer === 200 ? { results: [{ outcome: 'recorded' }] } : { detail: `no: ${answer}` };
    response.writeHead(answer, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : '';
  const crm = await aCrm('', '');
  const script = `import sequitur
sequitur.time.sleep = lambda seconds: print("waits", seconds)
client = sequitur.Sequitur("http://127.0.0.1:${port}/", "sq_key")
print(client.report(sequence="s", recipient_email="ada@example.com", id="1")["outcome"])
try:
    client.report(sequence="s", recipient_email="ada@example.com", id="2")
except sequitur.Refused as refused:
    print(refused)
try:
    client.attempts = 2
    client.report(sequence="s", recipient_email="ada@example.com", id="3")
except OSError:
    print("gave up")
`;
  const { stdout } = await crm.python('-c', script);
  expect(stdout.trim().split('\n')).toEqual([
    'waits 1',
    'waits 2',
    'waits 4',
    'recorded',
    'no: 401',
    'waits 1',
    'gave up',
  ]);
  expect(new Set(bodies.slice(0, 4)).size).toBe(1);
});
