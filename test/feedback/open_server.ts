import type { Db } from '../../src/db/database.ts';
import { type FeedbackIntake, openFeedback } from '../../src/feedback/intake.ts';
import { registerFeedback } from '../../src/feedback/routes.ts';
import { openLaneQueue } from '../../src/ledger/lane_queue.ts';
import { bareServer, withKey } from '../http/bare_server.ts';
import { type Clock, DIRECTORY, noTrouble } from '../support/factories.ts';

/** The way in for bounces as a process of its own would have it. `onEnded` hears of every commit that ended runs. */
export function aFeedbackIntake(
  db: Db,
  { now }: Pick<Clock, 'now'>,
  onEnded: (lane: number, sequenceIds: string[]) => void = () => {},
): FeedbackIntake {
  const queue = openLaneQueue({ db, now, onTrouble: noTrouble });
  return openFeedback({ db, queue, directory: DIRECTORY, onEnded });
}

/** An answer of /api/bounces, or a problem document. */
export type BounceAnswer = {
  recorded: number;
  repeated: number;
  unknown: number;
  results: {
    outcome: string;
    id: string | null;
    contact_id: string | null;
    sequence_id: string | null;
    step: string | null;
    execution_id: string | null;
    suppressed: boolean;
  }[];
  type?: string;
  detail?: string;
  errors?: { path: string; message: string }[];
};

export type Asked = { method?: 'GET' | 'POST' | 'DELETE'; url?: string; headers?: Record<string, string> };

/** A server that takes bounces, closed when the file is done. It knows `withKey` and `withSession`. */
export async function openServer(
  db: Db,
  clock: Clock,
  onEnded: (lane: number, sequenceIds: string[]) => void = () => {},
) {
  const app = await bareServer();
  registerFeedback(app, { db, feedback: aFeedbackIntake(db, clock, onEnded), now: clock.now });
  return {
    app,
    /** Posts to /api/bounces with an API key, unless `asked` says otherwise. Texts and bytes are sent as they are. */
    async post(payload: unknown, { method = 'POST', url = '/api/bounces', headers = withKey }: Asked = {}) {
      const isRaw = typeof payload === 'string' || Buffer.isBuffer(payload);
      const answer = await app.inject({
        method,
        url,
        headers: payload === undefined ? headers : { 'content-type': 'application/json', ...headers },
        ...(payload === undefined ? {} : { payload: isRaw ? payload : JSON.stringify(payload) }),
      });
      const body = answer.body ? answer.json<BounceAnswer>() : null;
      return { status: answer.statusCode, body: body as BounceAnswer };
    },
  };
}
