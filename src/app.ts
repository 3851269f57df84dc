import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type Answers, cacheAnswers } from './analytics/cache.ts';
import { followCounts } from './analytics/live.ts';
import { registerAnalytics } from './analytics/routes.ts';
import { countsEvent } from './analytics/summary.routes.ts';
import type { Summary } from './analytics/summary.ts';
import { openToday } from './analytics/today.ts';
import { createApiKeyVerifier } from './auth/api_keys.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { registerAuth } from './auth/routes.ts';
import { createSessions } from './auth/sessions.ts';
import { secretFor, signingSecret } from './auth/signing_secret.ts';
import type { Config } from './config.ts';
import { findContact } from './contacts/contacts.ts';
import { registerContacts } from './contacts/routes.ts';
import { closeDatabase, type Db, openDatabase, ping, type Tx } from './db/database.ts';
import { countLanes } from './db/lanes.sql.ts';
import { Notifications } from './db/notifications.ts';
import { openComposer } from './delivery/compose.ts';
import { outboxEvent, registerOutbox } from './delivery/outbox.routes.ts';
import { dropCaptured } from './delivery/outbox.sql.ts';
import { registerPreview } from './delivery/preview.routes.ts';
import { formatMailbox } from './delivery/render/mailbox.ts';
import { captureTransport } from './delivery/send/capture_transport.ts';
import { smtpTransport } from './delivery/send/smtp_transport.ts';
import { BACKLOG_LIMIT, Worker } from './delivery/worker.ts';
import { registerEvents } from './enrollment/events.routes.ts';
import { exitRuns } from './enrollment/exit_runs.ts';
import { type Intake, openIntake } from './enrollment/intake.ts';
import { registerPromoPage } from './enrollment/promo_page.routes.ts';
import { dropRequests } from './enrollment/requests.sql.ts';
import { registerTrigger } from './enrollment/trigger.routes.ts';
import { registerUnsubscribe } from './enrollment/unsubscribe.routes.ts';
import { createCursors } from './http/cursor.ts';
import type { ReadinessChecks } from './http/health.ts';
import { createMetrics } from './http/metrics.ts';
import { type App, buildServer } from './http/server.ts';
import { registerStream } from './http/stream.routes.ts';
import { openStream } from './http/stream.ts';
import { registerWorkspace } from './http/workspace.routes.ts';
import { activeCalendar, confirmTimeZone } from './ledger/calendars.ts';
import { drain } from './ledger/drain.ts';
import { fold } from './ledger/fold.ts';
import { openLaneQueue } from './ledger/lane_queue.ts';
import { registerRecount } from './ledger/recount.routes.ts';
import { recountNightly } from './ledger/recount_runs.ts';
import { registerTimeZone } from './ledger/time_zone.routes.ts';
import { ensureWeeksAhead } from './ledger/weeks.ts';
import { beginZoneChange, continueZoneChange } from './ledger/zone_change.ts';
import { createLoop } from './lib/loop.ts';
import { memoryCache } from './lib/versioned_cache.ts';
import { countSends, countTriggers, gaugeWorker } from './metrics.ts';
import { openReporting } from './reporting/reporting.ts';
import { registerReporting } from './reporting/routes.ts';
import { registerSequences } from './sequences/routes.ts';
import { findSequence } from './sequences/sequences.ts';
import type { Store } from './store.ts';
import { VERSION } from './version.ts';

/** Sequitur with everything wired, and nothing running yet. */
export type Sequitur = {
  app: App;
  intake: Intake;
  worker: Worker;
  /** Runs what goes on beside requests: sending, listening to other processes, upkeep. */
  start(): void;
  /** Ends requests and sending, then everything else, within a second and a half. The store stays open. */
  stop(): Promise<void>;
};

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const CAPTURED_DAYS = 30;
const ANSWERS_BYTES = 64 * 1024 * 1024;
const REQUEST_KEY_DAYS = 30;
const REQUESTS_MS = 1_000;
const INNER_CONNECTIONS = 12;
// What was written since is read row by row beside the spans.
const DRAIN_MS = 10_000;
// A change of zone says when it begins; this is the net under it.
const ZONE_MS = 60_000;

export type ComposeOptions = { config: Config; publicUrl: string; log: Logger };

/** Wires Sequitur on a database that is prepared (`prepareDatabase`). The only place where parts meet. */
export async function compose(
  store: Pick<Store, 'db' | 'connection'>,
  options: ComposeOptions,
): Promise<Sequitur> {
  const parts = await openParts(store, options);
  const { db, worker, intake, notifications, transport, keys, now, trouble } = parts;
  const app = await openServer(parts, options);
  const stream = openStream();
  registerFeatures(app, parts, options);
  registerStream(app, stream, { counts: countsEvent, outbox: outboxEvent });

  const send = (counts: Summary) => stream.send('counts', counts);
  const follow = followCounts({ db, now, send, onTrouble: trouble('reading changed counts') });
  notifications.on('counts', (ids) => {
    parts.answers.changed(ids);
    if (stream.size() > 0) follow(ids);
  });
  const forget = () => {
    parts.forgetToday();
    parts.answers.clear();
  };
  notifications.on('forget', forget);
  // Whoever died before it could say what it changed is followed by one that begins to listen, or by one that takes
  // its lanes over.
  notifications.onListening(() => {
    forget();
    notifications.announce('forget', ['']);
  });
  notifications.on('outbox', () => stream.send('outbox', {}));
  notifications.on('work', () => worker.wake());
  notifications.on('sequences', () => worker.wakeHeld());
  const draining = createLoop({
    everyMs: DRAIN_MS,
    work: () => drain(parts.inner, parts.lanes, parts.stopping.signal),
    onTrouble: trouble('moving counters'),
  });
  const zoneChanges = createLoop({
    everyMs: ZONE_MS,
    work: () => changeZone(parts, options),
    onTrouble: trouble('changing the reporting zone'),
  });
  notifications.on('zone', () => zoneChanges.wake());
  const upkeep = createLoop({
    everyMs: HOUR_MS,
    work: () => keepUp(parts),
    onTrouble: trouble('upkeep'),
  });
  return {
    app,
    intake,
    worker,
    start() {
      notifications.start();
      upkeep.start();
      draining.start();
      zoneChanges.start();
      worker.start();
    },
    async stop() {
      // Together, since all of it has two seconds: what stands in line for a connection is given back.
      await Promise.all([closeServer(app), worker.stop(), transport.close()]);
      parts.stopping.abort();
      const loops = [upkeep, draining, zoneChanges].map((loop) => loop.stop());
      await Promise.all([...loops, notifications.stop(), keys.close()]);
      await closeDatabase(parts.inner);
    },
  };
}

/** Answers the requests under way, but for those that take too long, such as a download. */
async function closeServer(app: App): Promise<void> {
  const tooLong = setTimeout(() => app.server.closeAllConnections(), REQUESTS_MS);
  await app.close();
  clearTimeout(tooLong);
}

type Parts = Awaited<ReturnType<typeof openParts>>;

async function openParts({ db, connection }: Pick<Store, 'db' | 'connection'>, options: ComposeOptions) {
  const { config, publicUrl, log } = options;
  const now = () => new Date();
  const stopping = new AbortController();
  const trouble = (doing: string) => (err: unknown) => log.error({ err }, `${doing} failed`);
  const [secret, lanes] = await Promise.all([signingSecret(db), countLanes(db)]);
  const directory = { lanes, secret: secretFor('addresses', secret) };
  const linkSecret = secretFor('links', secret);
  const metrics = createMetrics();
  // Of its own, so that pages which ask for much keep nothing from being sent, and a rush of triggers no page.
  const inner = openDatabase(connection, { max: INNER_CONNECTIONS });
  const notifications = new Notifications({ db: inner, connection, onTrouble: trouble('notifying') });
  const transport = countSends(config.smtp ? smtpTransport(config.smtp) : captureTransport(), metrics);
  const composer = openComposer(db, { from: config.mailFrom, publicUrl, linkSecret });
  const { today, forget: forgetToday } = openToday(db, now);
  const answers = openAnswers(config, () => notifications.isListening);
  // Here at once, elsewhere with the next message.
  const onCounted = (sequenceIds: string[]) => {
    answers.changed(sequenceIds);
    notifications.announce('counts', sequenceIds);
  };
  const worker = new Worker({
    db: inner,
    composer,
    transport: () => transport,
    now,
    chance: Math.random,
    onCounted(sequenceIds) {
      onCounted(sequenceIds);
      if (transport.via === 'captured') notifications.announce('outbox', ['captured']);
    },
    onTakenUp: () => notifications.announce('forget', ['']),
    onTrouble: (err, doing) => log.error({ err }, `${doing} failed`),
  });
  gaugeWorker(worker, metrics);
  const onCommitted = (lane: number, sequenceIds: string[]) => {
    onCounted(sequenceIds);
    notifications.announce('work', [String(lane)]);
    worker.wake();
  };
  const queue = openLaneQueue({ db: inner, now });
  const intake = countTriggers(openIntake({ queue, directory, onCommitted }), metrics);
  const reporting = openReporting({ db, queue, directory, now, onCounted });
  const sessions = await createSessions(db, {
    secret: secretFor('sessions', secret),
    publicUrl,
    logger: log,
  });
  const keys = createApiKeyVerifier(db, trouble('noting the use of an API key'));
  const cursors = createCursors(secretFor('cursors', secret));
  const services = {
    db,
    inner,
    lanes,
    directory,
    linkSecret,
    metrics,
    notifications,
    transport,
    composer,
    worker,
  };
  const asking = { answers, today, forgetToday };
  return {
    ...services,
    ...asking,
    intake,
    reporting,
    sessions,
    keys,
    cursors,
    now,
    stopping,
    trouble,
    onCounted,
    onCommitted,
  };
}

function openAnswers({ analyticsCacheSeconds: seconds }: Config, isLive: () => boolean): Answers {
  const cache = memoryCache({ seconds: Math.max(seconds, 1), bytes: ANSWERS_BYTES });
  return cacheAnswers(cache, () => seconds > 0 && isLive());
}

function openServer(parts: Parts, { config, publicUrl, log }: ComposeOptions) {
  const { db, sessions, keys, metrics, worker } = parts;
  return buildServer({
    logger: log,
    authenticator: createAuthenticator(sessions, keys),
    publicUrl,
    sessionCookie: sessions.cookieName,
    version: VERSION,
    dashboard: fileURLToPath(new URL('../web/dist', import.meta.url)),
    metrics,
    checks: readinessChecks(db, worker),
    trustProxy: config.trustProxy,
  });
}

function registerFeatures(app: App, parts: Parts, { config, publicUrl }: ComposeOptions): void {
  const { db, transport, notifications, onCounted } = parts;
  const time_zone = async (at: Db = db) => (await activeCalendar(at)).time_zone;
  // A zone that the environment sets is not asked for.
  const confirm = config.isTimeZoneFixed
    ? async (tx: Tx) => ({ outcome: 'fixed', time_zone: await time_zone(tx) })
    : confirmTimeZone;
  const onConfirmed = () => notifications.announce('forget', ['']);
  registerAuth(app, { ...parts, zone: { suggested: time_zone, confirm, onConfirmed } });
  registerSequences(app, {
    ...parts,
    onChanged(sequenceId) {
      onCounted([sequenceId]);
      notifications.announce('sequences', [sequenceId]);
    },
  });
  registerContacts(app, {
    ...parts,
    endRuns: (tx, { lane, id: contactId }, reason, at) =>
      exitRuns(tx, lane, { contactId, sequenceId: null }, reason, at),
  });
  registerTrigger(app, parts);
  registerEvents(app, parts);
  registerReporting(app, parts);
  registerRecount(app, parts);
  registerTimeZone(app, {
    ...parts,
    isFixed: config.isTimeZoneFixed,
    onBegun: () => notifications.announce('zone', ['']),
  });
  registerPromoPage(app, parts);
  registerUnsubscribe(app, parts);
  registerPreview(app, { ...parts, transport: () => transport });
  registerOutbox(app, parts);
  registerAnalytics(app, {
    ...parts,
    findSequence: (idOrKey) => findSequence(db, idOrKey),
    findContact: (id) => findContact(db, id),
  });
  registerWorkspace(app, async () => ({
    version: VERSION,
    time_zone: await time_zone(),
    public_url: publicUrl,
    mail: {
      via: transport.via,
      always_captured: config.alwaysCaptured,
      from: formatMailbox(config.mailFrom),
    },
  }));
}

/** Begins the change of zone that the environment asks for, and goes on with one that was begun. */
async function changeZone({ inner, notifications, stopping }: Parts, { config, log }: ComposeOptions) {
  const { timeZone, isTimeZoneFixed } = config;
  if (isTimeZoneFixed) {
    const { outcome } = await inner.transaction().execute((tx) => beginZoneChange(tx, timeZone));
    if (outcome === 'begun') log.info(`TIME_ZONE is ${timeZone} now: days are counted anew`);
  }
  const onSwitched = () => notifications.announce('forget', ['']);
  await continueZoneChange(inner, { onSwitched, stop: stopping.signal });
}

/** What is made ahead of time, folded when its day is over, proven at night, and dropped when it has outlived its days. */
async function keepUp({ inner: db, lanes, now, stopping }: Parts): Promise<void> {
  const at = now();
  await ensureWeeksAhead(db, at);
  await fold(db, lanes, at, stopping.signal);
  if (stopping.signal.aborted) return;
  await recountNightly(db, at);
  for (let lane = 0; lane < lanes; lane++) {
    await dropCaptured(db, lane, new Date(at.getTime() - CAPTURED_DAYS * DAY_MS));
    await dropRequests(db, lane, new Date(at.getTime() - REQUEST_KEY_DAYS * DAY_MS));
  }
}

function readinessChecks(db: Db, worker: Worker): ReadinessChecks {
  return {
    async database() {
      await ping(db);
      return { ready: true };
    },
    async lanes() {
      return worker.lanes() > 0
        ? { ready: true }
        : { ready: false, reason: 'are all held by another worker' };
    },
    async settle_backlog() {
      const backlog = worker.backlog();
      if (backlog <= BACKLOG_LIMIT) return { ready: true };
      return { ready: false, reason: `has ${backlog} results that wait for the database` };
    },
  };
}
