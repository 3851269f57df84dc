import type { Db } from '../../src/db/database.ts';
import { openLaneQueue } from '../../src/ledger/lane_queue.ts';
import { openReporting, type Reporting } from '../../src/reporting/reporting.ts';
import { registerReporting } from '../../src/reporting/routes.ts';
import { bareServer, withKey } from '../http/bare_server.ts';
import { type Clock, DIRECTORY, noTrouble } from '../support/factories.ts';

/** The way in for reports as a process of its own would have it. `onCounted` hears of every commit. */
export function aReporting(
  db: Db,
  clock: Pick<Clock, 'now'>,
  onCounted: (sequenceIds: string[]) => void = () => {},
): Reporting {
  const { now } = clock;
  return openReporting({
    db,
    queue: openLaneQueue({ db, now, onTrouble: noTrouble }),
    directory: DIRECTORY,
    now,
    onCounted,
  });
}

/** Posts to /api/executions, as the owner of an API key unless `headers` say otherwise. */
export type Post = (
  payload: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; type: string; body: ReportAnswer }>;

/** An answer of /api/executions, or a problem document. */
export type ReportAnswer = {
  recorded: number;
  repeated: number;
  refused: number;
  results: {
    outcome: string;
    id: string;
    sequence_id: string;
    step: string | null;
    contact_id: string;
    executed_at: string;
    problem: { type: string; title: string; status: number; detail: string } | null;
  }[];
};

/** A server that takes reports, closed when the file is done. */
export async function openServer(
  db: Db,
  clock: Clock,
  onCounted: (sequenceIds: string[]) => void = () => {},
): Promise<{ post: Post; listen: () => Promise<string> }> {
  const app = await bareServer();
  registerReporting(app, { reporting: aReporting(db, clock, onCounted), now: clock.now });
  return {
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    async post(payload, headers = withKey) {
      const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
      const answer = await app.inject({
        method: 'POST',
        url: '/api/executions',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      return {
        status: answer.statusCode,
        type: String(answer.headers['content-type']),
        body: answer.json<ReportAnswer>(),
      };
    },
  };
}
