import { fileURLToPath } from 'node:url';
import { registerAnalytics } from './analytics/routes.ts';
import { countsEvent } from './analytics/summary.routes.ts';
import { hearChanges, hearWork } from './app/hearing.ts';
import { type MailTrouble, watchMailTrouble } from './app/mail_trouble.ts';
import {
  type ComposeOptions,
  openParts,
  openWorkerParts,
  type Parts,
  type WorkerParts,
} from './app/parts.ts';
import { createUpkeep, type Upkeep } from './app/upkeep.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { registerAuth } from './auth/routes.ts';
import { findContact } from './contacts/contacts.ts';
import { registerContacts } from './contacts/routes.ts';
import { closeDatabase, type Db, ping, type Tx } from './db/database.ts';
import { isOfConnection } from './db/failure.ts';
import { outboxEvent, registerOutbox } from './delivery/outbox.routes.ts';
import { registerPreview } from './delivery/preview.routes.ts';
import { formatMailbox } from './delivery/render/mailbox.ts';
import { isHeldBack, registerSendingLimits } from './delivery/sending_limits.routes.ts';
import { BACKLOG_LIMIT, type Worker } from './delivery/worker.ts';
import { registerConfirmation } from './enrollment/confirmation.routes.ts';
import { registerEvents } from './enrollment/events.routes.ts';
import { exitRuns } from './enrollment/exit_runs.ts';
import type { Intake } from './enrollment/intake.ts';
import { registerPromoPage } from './enrollment/promo_page.routes.ts';
import { registerSubscriptions } from './enrollment/subscriptions.routes.ts';
import { registerTrigger } from './enrollment/trigger.routes.ts';
import { registerUnsubscribe } from './enrollment/unsubscribe.routes.ts';
import { registerFeedback } from './feedback/routes.ts';
import type { Readiness, ReadinessChecks } from './http/health.ts';
import { buildMonitor } from './http/monitor.ts';
import { type App, buildServer } from './http/server.ts';
import { registerStream } from './http/stream.routes.ts';
import { openStream } from './http/stream.ts';
import { registerWorkspace, workspaceEvent } from './http/workspace.routes.ts';
import { activeCalendar, confirmTimeZone } from './ledger/calendars.ts';
import { registerRecount } from './ledger/recount.routes.ts';
import { registerTimeZone } from './ledger/time_zone.routes.ts';
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

const REQUESTS_MS = 1_000;

/** Wires Sequitur on a database that is prepared (`prepareDatabase`). The only place where parts meet. */
export async function compose(
  store: Pick<Store, 'db' | 'connection'>,
  options: ComposeOptions,
): Promise<Sequitur> {
  const parts = await openParts(store, options);
  const { worker, intake, notifications, mailHealth } = parts;
  const app = await openServer(parts, options);
  const stream = openStream();
  const { sends } = options;
  const onChange = () => stream.send('workspace', {});
  const began = parts.now();
  const onTrouble = parts.trouble('looking whether mail gets out');
  const isWatched = () => stream.size() > 0;
  const mailTrouble = watchMailTrouble({ ...parts, sends, began, isWatched, onChange, onTrouble });
  registerFeatures(app, { ...parts, mailTrouble }, options);
  registerStream(app, stream, { counts: countsEvent, outbox: outboxEvent, workspace: workspaceEvent });
  mailHealth.onChange(() => notifications.announce('workspace', ['']));
  const upkeep = openUpkeep(parts, options);
  hearChanges(parts, stream, upkeep);
  return {
    app,
    intake,
    worker,
    start() {
      notifications.start();
      upkeep.start();
      mailTrouble.start();
      if (options.sends) startSending(parts);
    },
    async stop() {
      // Together, since all of it has two seconds: what stands in line for a connection is given back.
      await Promise.all([closeServer(app), mailTrouble.stop(), stopSending(parts)]);
      await Promise.all([upkeep.stop(), notifications.stop(), parts.keys.close()]);
      // After the last changes were heard of.
      await parts.answers.close();
      await closeAll(parts);
    },
  };
}

/** A process that sends, wired, and nothing running yet. `stop` leaves the store open. */
export type WorkerProcess = {
  /** What it answers on: whether it is up and ready, and its metrics. */
  app: App;
  start(): void;
  stop(): Promise<void>;
};

/** Wires a process that sends and does nothing else, on a database that is prepared. */
export async function composeWorker(
  store: Pick<Store, 'db' | 'connection'>,
  options: Omit<ComposeOptions, 'sends'>,
): Promise<WorkerProcess> {
  const parts = await openWorkerParts(store, { ...options, sends: true });
  const { keys, metrics, notifications, worker, mailHealth, trouble } = parts;
  const checks = readinessChecks(parts.db, worker);
  const app = await buildMonitor({ logger: options.log, metrics, checks, verifyKey: keys.verify });
  mailHealth.onChange(() => {
    const told = worker.report().then(() => notifications.announce('workspace', ['']));
    told.catch(trouble('telling that mail does not get out'));
  });
  hearWork(parts);
  return {
    app,
    start() {
      notifications.start();
      startSending(parts);
    },
    async stop() {
      await Promise.all([closeServer(app), stopSending(parts)]);
      await Promise.all([notifications.stop(), keys.close()]);
      await closeAll(parts);
    },
  };
}

function startSending({ worker, mailHealth }: WorkerParts): void {
  worker.start();
  mailHealth.start();
}

async function stopSending({ worker, mailHealth, transport }: WorkerParts): Promise<void> {
  await Promise.all([mailHealth.stop(), worker.stop(), transport.close()]);
}

async function closeAll({ db, inner, leases, slots }: WorkerParts): Promise<void> {
  await Promise.all([db, inner, leases, slots].map(closeDatabase));
}

/** Answers the requests under way, but for those that take too long, such as a download. */
async function closeServer(app: App): Promise<void> {
  const tooLong = setTimeout(() => app.server.closeAllConnections(), REQUESTS_MS);
  await app.close();
  clearTimeout(tooLong);
}

function openUpkeep(parts: Parts, { config, log }: ComposeOptions): Upkeep {
  const { patient: db, lanes, now, notifications, onTrouble, metrics } = parts;
  const timeZone = config.isTimeZoneFixed ? config.timeZone : null;
  const onZoneSwitched = () => notifications.announce('forget', ['']);
  return createUpkeep({ db, lanes, now, timeZone, onZoneSwitched, onTrouble, log, metrics });
}

function openServer(parts: Parts, { config, publicUrl, log, sends }: ComposeOptions) {
  const { db, sessions, keys, metrics, worker } = parts;
  return buildServer({
    logger: log,
    authenticator: createAuthenticator(sessions, keys),
    publicUrl,
    sessionCookie: sessions.cookieName,
    version: VERSION,
    dashboard: fileURLToPath(new URL('../web/dist', import.meta.url)),
    metrics,
    checks: sends ? readinessChecks(db, worker) : { database: () => answers(db) },
    trustProxy: config.trustProxy,
    isAway(error) {
      const isAway = isOfConnection(error);
      if (isAway) parts.onTrouble(error, 'answering a request');
      return isAway;
    },
  });
}

function registerFeatures(
  app: App,
  parts: Parts & { mailTrouble: MailTrouble },
  { config, publicUrl }: ComposeOptions,
): void {
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
      parts.worker.runsEnded(null);
      notifications.announce('sequences', [sequenceId]);
    },
  });
  registerContacts(app, {
    ...parts,
    onCommitted: parts.onEnded,
    endRuns: (tx, { lane, id: contactId }, reason, at) =>
      exitRuns(tx, lane, { contactId, sequenceId: null }, reason, at),
  });
  registerTrigger(app, parts);
  registerEvents(app, parts);
  registerReporting(app, parts);
  registerFeedback(app, parts);
  registerRecount(app, parts);
  registerTimeZone(app, {
    ...parts,
    isFixed: config.isTimeZoneFixed,
    onBegun: () => notifications.announce('zone', ['']),
  });
  registerPromoPage(app, parts);
  registerConfirmation(app, parts);
  registerUnsubscribe(app, parts);
  registerSubscriptions(app, parts);
  registerPreview(app, { ...parts, transport: () => transport });
  registerOutbox(app, parts);
  registerSendingLimits(app, { db, onChanged: () => notifications.announce('limits', ['']) });
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
      trouble: await parts.mailTrouble.read(),
      limited: await isHeldBack(db),
    },
  }));
}

function readinessChecks(db: Db, worker: Worker): ReadinessChecks {
  return {
    database: () => answers(db),
    async lanes() {
      return worker.lanes() > 0
        ? { ready: true }
        : { ready: false, reason: 'are not held here: another worker has them, or had them a moment ago' };
    },
    async settle_backlog() {
      const backlog = worker.backlog();
      if (backlog <= BACKLOG_LIMIT) return { ready: true };
      return { ready: false, reason: `has ${backlog} results that wait for the database` };
    },
  };
}

async function answers(db: Db): Promise<Readiness> {
  await ping(db);
  return { ready: true };
}
