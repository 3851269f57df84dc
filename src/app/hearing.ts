import { followCounts } from '../analytics/live.ts';
import { type Summary, summary } from '../analytics/summary.ts';
import type { Stream } from '../http/stream.ts';
import type { Parts, WorkerParts } from './parts.ts';
import type { Upkeep } from './upkeep.ts';

/** Has the parts, and the browsers of `stream`, hear what this process and others say that has changed. */
export function hearChanges(parts: Parts, stream: Stream, upkeep: Upkeep): void {
  const { db, notifications, answers, now, trouble } = parts;
  const send = (counts: Summary) => stream.send('counts', counts);
  const onTrouble = trouble('reading changed counts');
  const follow = followCounts({ db, now, send, onTrouble });
  notifications.on('counts', (ids) => {
    answers.changed(ids);
    if (stream.size() > 0) follow(ids);
  });
  // Pages that are open show what was forgotten. By way of `follow`, so that nothing read before arrives after it.
  const followAll = async () => {
    const { sequences } = await summary(db, now());
    follow(sequences.map(({ sequence_id }) => sequence_id));
  };
  const forget = () => {
    parts.forgetToday();
    answers.clear();
    if (stream.size() > 0) followAll().catch(onTrouble);
  };
  notifications.on('forget', forget);
  // Whoever died before it could say what it changed is followed by one that begins to listen, or by one that takes
  // its lanes over.
  notifications.onListening(() => {
    forget();
    notifications.announce('forget', ['']);
  });
  notifications.on('outbox', () => stream.send('outbox', {}));
  notifications.on('workspace', () => stream.send('workspace', {}));
  notifications.on('zone', () => upkeep.continueZoneChange());
  hearWork(parts);
}

/** Has the worker hear that there is something to send, or not to be sent any more, from whatever process. */
export function hearWork({ notifications, worker }: Pick<WorkerParts, 'notifications' | 'worker'>): void {
  notifications.on('work', () => worker.wake());
  notifications.on('ended', (lanes) => worker.runsEnded(lanes.map(Number)));
  notifications.on('sequences', () => {
    // It may be paused as well.
    worker.runsEnded(null);
    worker.wakeHeld();
  });
  // What was said while nothing was heard.
  notifications.onListening(() => worker.runsEnded(null));
  notifications.on('limits', () => worker.relearn());
}
