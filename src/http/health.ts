import { setTimeout as sleep } from 'node:timers/promises';
import { type FieldProblem, problem } from './errors.ts';
import type { App } from './server.ts';

/** Whether one part can do its work now; `reason` reads on from the part's name: "is 4 minutes behind". */
export type Readiness = { ready: true } | { ready: false; reason: string };

/** Named checks, asked at every /readyz. A check that throws, or takes over two seconds, is not ready. */
export type ReadinessChecks = Record<string, () => Promise<Readiness>>;

/** `/healthz`: the process answers. `/readyz`: it can do its work; otherwise a 503 that names what cannot. */
export function installHealth(app: App, checks: ReadinessChecks): void {
  app.get('/healthz', async () => ({ status: 'up' }));
  app.get('/readyz', async (request) => {
    const answers = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => ({ name, answer: await ask(check, request.log) })),
    );
    const problems = answers.flatMap(({ name, answer }): FieldProblem[] =>
      answer.ready ? [] : [{ path: name, message: answer.reason }],
    );
    if (problems.length > 0) throw problem.notReady(problems);
    return { status: 'ready', checks: Object.keys(checks) };
  });
}

const PATIENCE_MS = 2_000;

async function ask(check: () => Promise<Readiness>, log: App['log']): Promise<Readiness> {
  const answered = new AbortController();
  const tooLong = sleep(PATIENCE_MS, { ready: false, reason: 'does not answer' } as const, {
    signal: answered.signal,
  });
  try {
    return await Promise.race([check(), tooLong]);
  } catch (err) {
    log.warn({ err }, 'readiness check failed');
    return { ready: false, reason: 'cannot be reached' };
  } finally {
    tooLong.catch(() => {});
    answered.abort();
  }
}
