import { parseArgs } from 'node:util';
import type { Answer, Bench } from './harness/bench.ts';
import { missed } from './harness/bench.ts';
import { commit, type Machine, machine } from './harness/machine.ts';
import { shown, tableText } from './harness/print.ts';
import { undertaking } from './harness/undertaking.ts';

// A benchmark is loaded when it is asked for: one of them may need what the others do not.
const BENCHES: Record<string, () => Promise<{ bench: Bench }>> = {
  analytics: () => import('./analytics.ts'),
  latency: () => import('./latency.ts'),
  ledger: () => import('./ledger.ts'),
  send: () => import('./send.ts'),
  start: () => import('./start.ts'),
  trigger: () => import('./trigger.ts'),
};

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const asked = parse(argv);
  if (!asked) {
    process.stderr.write(`Usage: npm run bench -- <${Object.keys(BENCHES).join('|')}> [--quick]\n`);
    return 2;
  }
  const { name, load, quick } = asked;
  const { bench } = await load();
  const started = performance.now();
  const ran = await undertaking({ quick, databaseUrl: process.env.BENCH_DATABASE_URL }, (context) =>
    bench.run(context),
  );
  if (!ran.ok) return ran.exitCode;
  const about = { bench: name, quick, commit: await commit(), machine: machine() };
  print(bench, about, ran.answer, (performance.now() - started) / 1000);
  return missed(ran.answer).length === 0 ? 0 : 1;
}

function parse(
  argv: string[],
): { name: string; load: () => Promise<{ bench: Bench }>; quick: boolean } | null {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false } },
    });
    const [name = '', ...more] = positionals;
    const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
    return load && more.length === 0 ? { name, load, quick: values.quick } : null;
  } catch {
    return null;
  }
}

type About = { bench: string; quick: boolean; commit: string; machine: Machine };

/** Everything for people, and then, as the last line, everything once more as one JSON object. */
function print(bench: Bench, about: About, answer: Answer, seconds: number): void {
  const { figures, targets, on, notes, tables } = answer;
  const { cores, processor, memory_gb, system, node } = about.machine;
  const paragraphs = [
    `${bench.question}${about.quick ? ' (quick)' : ''}`,
    ...tables.map(tableText),
    tableText(targetTable(answer)),
    notes.map((note) => `- ${note}`).join('\n'),
    [
      `${cores} cores (${processor}), ${memory_gb} GB, ${system}, Node ${node}`,
      ...Object.entries(on).map(([what, value]) => `${what} ${value}`),
      `commit ${about.commit}`,
      `${shown(seconds)} s`,
    ].join(' · '),
    JSON.stringify({
      ...about,
      on,
      seconds: rounded(seconds),
      figures: mapped(figures),
      targets,
      ok: missed(answer).length === 0,
    }),
  ];
  process.stdout.write(`\n${paragraphs.join('\n\n')}\n`);
}

function targetTable(answer: Answer): { title: string; columns: string[]; rows: string[][] } {
  const misses = missed(answer);
  const rows = Object.entries(answer.targets).map(([name, target]) => [
    name,
    shown(answer.figures[name] ?? Number.NaN),
    'at_least' in target ? `>= ${target.at_least}` : `<= ${target.at_most}`,
    target.aim === undefined ? '' : String(target.aim),
    misses.includes(name) ? 'missed' : 'ok',
  ]);
  return { title: 'Targets', columns: ['figure', 'measured', 'to reach', 'aim', ''], rows };
}

function mapped(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)]));
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
