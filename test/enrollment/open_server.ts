import type { Db } from '../../src/db/database.ts';
import { DEFAULT_LANES } from '../../src/db/lanes.ts';
import { registerConfirmation } from '../../src/enrollment/confirmation.routes.ts';
import { registerEvents } from '../../src/enrollment/events.routes.ts';
import { registerPromoPage } from '../../src/enrollment/promo_page.routes.ts';
import { registerSubscriptions } from '../../src/enrollment/subscriptions.routes.ts';
import { registerTrigger } from '../../src/enrollment/trigger.routes.ts';
import { registerUnsubscribe } from '../../src/enrollment/unsubscribe.routes.ts';
import { createCursors } from '../../src/http/cursor.ts';
import type { App } from '../../src/http/server.ts';
import { bareServer } from '../http/bare_server.ts';
import {
  aClock,
  anIntake,
  type Clock,
  LINK_SECRET,
  someConfirmations,
  someGoals,
} from '../support/factories.ts';

/** A server with every way in for triggers, closed when the file is done. `onEnded` hears of each lane in which runs ended. */
export async function openServer(
  db: Db,
  clock: Clock = aClock(),
  onEnded: (lane: number, sequenceIds: string[]) => void = () => {},
): Promise<App> {
  const app = await bareServer();
  const intake = anIntake(db, { clock });
  const { now } = clock;
  registerTrigger(app, { db, intake, lanes: DEFAULT_LANES, now });
  registerEvents(app, { db, intake, goals: someGoals(db, clock) });
  const confirmations = someConfirmations(db, clock);
  registerPromoPage(app, { db, intake, confirmations });
  registerConfirmation(app, { db, confirmations, linkSecret: LINK_SECRET, now });
  registerUnsubscribe(app, { db, linkSecret: LINK_SECRET, now, onEnded });
  registerSubscriptions(app, { db, cursors: createCursors(Buffer.alloc(32, 7)), now, onEnded });
  return app;
}

/** The address at which `app` listens, with nothing after the port. */
export async function listen(app: App): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}
