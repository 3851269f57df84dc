import type { Logger } from 'pino';
import { cacheAnswers } from '../analytics/cache.ts';
import { openToday } from '../analytics/today.ts';
import { createApiKeyVerifier } from '../auth/api_keys.ts';
import { createSessions } from '../auth/sessions.ts';
import { secretFor, signingSecret } from '../auth/signing_secret.ts';
import type { Config } from '../config.ts';
import { isUp, openDatabase } from '../db/database.ts';
import { countLanes } from '../db/lanes.sql.ts';
import { Notifications } from '../db/notifications.ts';
import { openComposer } from '../delivery/compose.ts';
import { renewMs } from '../delivery/lanes_held.ts';
import { countAllHeldBack } from '../delivery/limits/held_back.sql.ts';
import { Limiter } from '../delivery/limits/limiter.ts';
import { Worker } from '../delivery/worker.ts';
import { openConfirmations } from '../enrollment/confirmation/confirmations.ts';
import { openGoals } from '../enrollment/goals.ts';
import { openIntake } from '../enrollment/intake.ts';
import { openFeedback } from '../feedback/intake.ts';
import { createCursors } from '../http/cursor.ts';
import { createMetrics } from '../http/metrics.ts';
import { openLaneQueue } from '../ledger/lane_queue.ts';
import { countFinds, countTriggers, gaugeLimits, gaugeWorker } from '../metrics.ts';
import { openReporting } from '../reporting/reporting.ts';
import type { Store } from '../store.ts';
import { openCache } from './cache.ts';
import { openMail } from './mail.ts';
import { troubleHere } from './mail_trouble.ts';
import { createTroubleLog } from './trouble.ts';

export type ComposeOptions = {
  config: Config;
  publicUrl: string;
  log: Logger;
  /** Whether mail leaves from this process; otherwise it leaves from workers elsewhere. */
  sends: boolean;
};

/** Everything that requests, sending and upkeep are done with. */
export type Parts = Ground & Asking & Sending & WaysIn & Access;

/** How many connections a process has at most for requests, and for what it does beside them. */
type Connections = { requests: number; inner: number };

// 8 lanes of what comes in (`openLaneQueue`), 4 that are claimed in and 4 that are settled in (`Worker`) may be at work
// at once. The other 4 are for what may stand in line for a moment: looking for due steps, lanes taken over,
// notifications. Leases may not stand in line, so they have a connection of their own.
const OF_SERVER: Connections = { requests: 12, inner: 8 + 4 + 4 + 4 };
// Nothing comes in, and only mail is composed with what requests have. There may be many of these processes: with as many
// connections each as a server, eight of them used up the hundred that a PostgreSQL has by default.
const OF_WORKER: Connections = { requests: 4, inner: 4 + 4 + 4 };
// Pages ask for much less, and whoever waits for one has gone by then.
const REQUEST_ANSWER_MS = 30_000;
// A lane may be locked for so long while a very large one is recounted.
const INNER_ANSWER_MS = 120_000;
// Nobody locks these rows for longer than a statement takes.
const SLOTS_ANSWER_MS = 5_000;

/** Opens the parts on a database that is prepared, each on those before it. Nothing runs yet. */
export async function openParts(
  store: Pick<Store, 'db' | 'connection'>,
  options: ComposeOptions,
): Promise<Parts> {
  const ground = await openGround(store, options, OF_SERVER);
  const asking = await openAsking(ground, options);
  const sending = openSending(ground, asking.onCounted, options);
  const access = await openAccess(ground, options);
  return { ...ground, ...asking, ...sending, ...openWaysIn(ground, asking, sending), ...access };
}

/** What a process is made of that sends and does nothing else. */
export type WorkerParts = Ground & Sending & Pick<Access, 'keys'>;

/** Opens those on a database that is prepared. Nothing runs yet. */
export async function openWorkerParts(
  store: Pick<Store, 'db' | 'connection'>,
  options: ComposeOptions,
): Promise<WorkerParts> {
  const ground = await openGround(store, options, OF_WORKER);
  const { notifications } = ground;
  const sending = openSending(ground, (ids) => notifications.announce('counts', ids), options);
  return { ...ground, ...sending, keys: openKeys(ground) };
}

type Ground = Awaited<ReturnType<typeof openGround>>;

async function openGround(
  { db: patient, connection }: Pick<Store, 'db' | 'connection'>,
  { config, log }: ComposeOptions,
  { requests, inner: beside }: Connections,
) {
  const [secret, lanes] = await Promise.all([signingSecret(patient), countLanes(patient)]);
  // Upkeep may take its time, so it has the store's connections; the others give up a server that fell silent.
  const db = openDatabase(connection, { max: requests, answerMs: REQUEST_ANSWER_MS });
  const onTrouble = createTroubleLog({ log, isUp: () => isUp(db) });
  const trouble = (doing: string) => (err: unknown) => onTrouble(err, doing);
  // Of its own, so that pages which ask for much keep nothing from being sent, and a rush of triggers no page.
  const inner = openDatabase(connection, { max: beside, answerMs: INNER_ANSWER_MS });
  // A renewal that is not answered is asked for anew while the leases still last.
  const leases = openDatabase(connection, { max: 1, answerMs: renewMs(config.laneLeaseMs) });
  // Opened when something is limited. Claims wait for it, with the connections above in their hands.
  const slots = openDatabase(connection, { max: 1, answerMs: SLOTS_ANSWER_MS });
  const notifications = new Notifications({ db: inner, connection, onTrouble: trouble('notifying') });
  return {
    patient,
    db,
    inner,
    leases,
    slots,
    lanes,
    secretOf: (purpose: string) => secretFor(purpose, secret),
    directory: { lanes, secret: secretFor('addresses', secret) },
    linkSecret: secretFor('links', secret),
    metrics: createMetrics(),
    notifications,
    now: () => new Date(),
    onTrouble,
    trouble,
  };
}

type Asking = Awaited<ReturnType<typeof openAsking>>;

async function openAsking(ground: Ground, options: ComposeOptions) {
  const { db, now, metrics, notifications } = ground;
  const { today, forget: forgetToday } = openToday(db, now);
  const cache = await openCache(options, metrics, ground.secretOf('cache'));
  const isLive = () => options.config.analyticsCacheSeconds > 0 && notifications.isUpToDate();
  const answers = cacheAnswers(countFinds(cache, metrics), isLive);
  // Here at once, elsewhere with the next message.
  const onCounted = (sequenceIds: string[]) => {
    answers.changed(sequenceIds);
    notifications.announce('counts', sequenceIds);
  };
  return { today, forgetToday, answers, onCounted };
}

type Sending = ReturnType<typeof openSending>;

function openSending(ground: Ground, onCounted: (ids: string[]) => void, options: ComposeOptions) {
  const { config, publicUrl, sends } = options;
  const { db, inner, leases, slots, now, linkSecret, metrics, notifications, onTrouble } = ground;
  const mailHealth = openMail(ground, options);
  const { transport } = mailHealth;
  const composer = openComposer(db, { from: config.mailFrom, publicUrl, linkSecret });
  const limiter = new Limiter({ db: inner, slots });
  const worker: Worker = new Worker({
    db: inner,
    leases,
    leaseMs: config.laneLeaseMs,
    limiter,
    composer,
    transport: () => transport,
    now,
    chance: Math.random,
    onCounted(sequenceIds) {
      onCounted(sequenceIds);
      if (transport.via === 'captured') notifications.announce('outbox', ['captured']);
    },
    onTakenUp: () => notifications.announce('forget', ['']),
    isTold: () => notifications.isListening,
    report: () => ({ trouble: troubleHere({ mailHealth, worker }) }),
    spell: () => mailHealth.spell,
    onTrouble,
  });
  if (sends) {
    gaugeWorker(worker, metrics);
    gaugeLimits(limiter, () => countAllHeldBack(db), metrics);
  }
  return { mailHealth, transport, composer, worker };
}

type WaysIn = ReturnType<typeof openWaysIn>;

function openWaysIn(ground: Ground, { onCounted }: Asking, { worker }: Sending) {
  const { db, inner, now, directory, metrics, notifications, onTrouble } = ground;
  const onCommitted = (lane: number, sequenceIds: string[]) => {
    onCounted(sequenceIds);
    notifications.announce('work', [String(lane)]);
    worker.wake();
  };
  // Here before whoever ended them is answered, elsewhere with the next message.
  const onEnded = (lane: number, sequenceIds: string[]) => {
    if (sequenceIds.length === 0) return;
    worker.runsEnded([lane]);
    notifications.announce('ended', [String(lane)]);
    onCounted(sequenceIds);
  };
  const queue = openLaneQueue({ db: inner, now, onTrouble });
  const intake = openIntake({ queue, directory, onCommitted });
  const reporting = openReporting({ db, queue, directory, now, onCounted });
  const feedback = openFeedback({ db, queue, directory, onEnded });
  const goals = openGoals({ queue, directory, onEnded });
  const confirmations = openConfirmations({ queue, directory, onCommitted });
  return {
    ...countTriggers({ intake, confirmations }, metrics),
    goals,
    reporting,
    feedback,
    onCommitted,
    onEnded,
  };
}

type Access = Awaited<ReturnType<typeof openAccess>>;

async function openAccess(ground: Ground, { publicUrl, log: logger }: ComposeOptions) {
  const { db, secretOf } = ground;
  const sessions = await createSessions(db, { secret: secretOf('sessions'), publicUrl, logger });
  return { sessions, keys: openKeys(ground), cursors: createCursors(secretOf('cursors')) };
}

function openKeys({ db, trouble }: Ground) {
  return createApiKeyVerifier(db, trouble('noting the use of an API key'));
}
