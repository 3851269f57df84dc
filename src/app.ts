import { fileURLToPath } from 'node:url';
import { registerAnalytics } from './analytics/routes.ts';
import { countsEvent } from './analytics/summary.routes.ts';
import { hearChanges } from './app/hearing.ts';
import { type ComposeOptions, openParts, type Parts } from './app/parts.ts';
import { createUpkeep, type Upkeep } from './app/upkeep.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { registerAuth } from './auth/routes.ts';
import { findContact } from './contacts/contacts.ts';
import { registerContacts } from './contacts/routes.ts';
import { closeDatabase, type Db, ping, type Tx } from './db/database.ts';
import { outboxEvent, registerOutbox } from './delivery/outbox.routes.ts';
import { registerPreview } from './delivery/preview.routes.ts';
import { formatMailbox } from './delivery/render/mailbox.ts';
import { BACKLOG_LIMIT, type Worker } from './delivery/worker.ts';
import { registerEvents } from './enrollment/events.routes.ts';
import { exitRuns } from './enrollment/exit_runs.ts';
import type { Intake } from './enrollment/intake.ts';
import { registerPromoPage } from './enrollment/promo_page.routes.ts';
import { registerTrigger } from './enrollment/trigger.routes.ts';
import { registerUnsubscribe } from './enrollment/unsubscribe.routes.ts';
import type { ReadinessChecks } from './http/health.ts';
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
  registerFeatures(app, parts, options);
  registerStream(app, stream, { counts: countsEvent, outbox: outboxEvent, workspace: workspaceEvent });
  mailHealth.onChange(() => stream.send('workspace', {}));
  const upkeep = openUpkeep(parts, options);
  hearChanges(parts, stream, upkeep);
  return {
    app,
    intake,
    worker,
    start() {
      notifications.start();
      upkeep.start();
      worker.start();
      mailHealth.start();
    },
    stop: () => stopAll(app, parts, upkeep),
  };
}

async function stopAll(app: App, parts: Parts, upkeep: Upkeep): Promise<void> {
  const { worker, transport, mailHealth, notifications, keys, answers } = parts;
  // Together, since all of it has two seconds: what stands in line for a connection is given back.
  await Promise.all([closeServer(app), mailHealth.stop(), worker.stop(), transport.close()]);
  await Promise.all([upkeep.stop(), notifications.stop(), keys.close()]);
  // After the last changes were heard of.
  await answers.close();
  await Promise.all([parts.db, parts.inner, parts.leases].map(closeDatabase));
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
      trouble: parts.mailHealth.trouble,
    },
  }));
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
        : { ready: false, reason: 'are not held here: another worker has them, or had them a moment ago' };
    },
    async settle_backlog() {
      const backlog = worker.backlog();
      if (backlog <= BACKLOG_LIMIT) return { ready: true };
      return { ready: false, reason: `has ${backlog} results that wait for the database` };
    },
  };
}
