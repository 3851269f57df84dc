import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { Session } from 'chdb';

/**
 * Asks DuckDB and ClickHouse how many executions and distinct people sequences had.
 *
 *   node bench/peers/ask.js --rows FILE --questions JSON --rounds N
 *
 * FILE is CSV without a header: sequence_id, contact_id, executed_at. A question is {"sequence": uuid, "from": day or
 * null}. Prints one JSON array with an entry for each peer: name, version, load_s, and for each question its answer
 * and the milliseconds of each round.
 */
const { values } = parseArgs({
  options: { rows: { type: 'string' }, questions: { type: 'string' }, rounds: { type: 'string' } },
});
const questions = JSON.parse(values.questions);
const rounds = Number(values.rounds);
const home = mkdtempSync(join(tmpdir(), 'sequitur-peers-'));
try {
  const peers = [await askAll(await openDuckDb()), await askAll(openClickHouse())];
  process.stdout.write(`${JSON.stringify(peers)}\n`);
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function askAll({ name, version, load_s, ask, close }) {
  const answers = questions.map(() => ({ ms: [] }));
  // Round 0 warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [i, question] of questions.entries()) {
      const started = performance.now();
      const [executions, people] = await ask(question);
      if (round > 0) answers[i].ms.push(performance.now() - started);
      Object.assign(answers[i], { executions: Number(executions), people: Number(people) });
    }
  }
  await close();
  return { name, version, load_s, answers };
}

function conditionOf({ sequence, from }) {
  const since = from === null ? '' : `AND executed_at >= '${from}'`;
  return `sequence_id = '${sequence}' ${since}`;
}

async function openDuckDb() {
  const instance = await DuckDBInstance.create(join(home, 'duck.db'));
  const connection = await instance.connect();
  const started = performance.now();
  // Ordered as its own documentation advises for filters that select a part: min and max of each block then tell.
  await connection.run(`
    CREATE TABLE executions AS
    SELECT * FROM read_csv('${values.rows}', header = false,
      columns = {'sequence_id': 'UUID', 'contact_id': 'UUID', 'executed_at': 'TIMESTAMP'})
    ORDER BY sequence_id, executed_at`);
  await connection.run('CHECKPOINT');
  const load_s = (performance.now() - started) / 1000;
  const read = async (sql) => (await connection.runAndReadAll(sql)).getRows()[0];
  return {
    name: 'DuckDB',
    version: (await read('SELECT version()'))[0],
    load_s,
    ask: (question) =>
      read(`SELECT count(*), count(DISTINCT contact_id) FROM executions WHERE ${conditionOf(question)}`),
    close: async () => connection.closeSync(),
  };
}

function openClickHouse() {
  const session = new Session(join(home, 'clickhouse'));
  const started = performance.now();
  session.query(`
    CREATE TABLE executions (sequence_id UUID, contact_id UUID, executed_at DateTime64(3, 'UTC'))
    ENGINE = MergeTree ORDER BY (sequence_id, executed_at)`);
  session.query(`INSERT INTO executions SELECT * FROM file('${values.rows}', 'CSV')`);
  session.query('OPTIMIZE TABLE executions FINAL');
  const load_s = (performance.now() - started) / 1000;
  return {
    name: 'ClickHouse (chdb)',
    version: session.query('SELECT version()', 'TSV').trim(),
    load_s,
    // uniqExact: uniq alone is an estimate.
    ask: async (question) =>
      session
        .query(`SELECT count(), uniqExact(contact_id) FROM executions WHERE ${conditionOf(question)}`, 'TSV')
        .trim()
        .split('\t'),
    close: async () => session.close(),
  };
}
