import { createServer } from 'node:net';
import pino from 'pino';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { compose } from '../../src/app.ts';
import { createAdministrator } from '../../src/auth/administrators.ts';
import { prepareSetupLink } from '../../src/auth/setup.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { Db } from '../../src/db/database.ts';
import { EXAMPLE_SEQUENCES } from '../../src/sequences/examples.ts';
import { installExamples } from '../../src/sequences/install.ts';
import { openBrowser } from '../support/browser.ts';
import { setup } from '../support/setup.ts';

export const ADA = { name: 'Ada Admin', email: 'ada@example.com', password: 'a long enough phrase' };

export type Workspace = {
  db: Db;
  url: string;
  browser: Browser;
  /** A window of a browser that nobody has used before. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** The same, with `ADA` signed in. */
  openAsAda(options?: BrowserContextOptions): Promise<Page>;
  /** The link that is printed at a first start. */
  setupLink(): Promise<string>;
};

/**
 * The whole of Sequitur at a port of its own, with the examples, and a browser to see it with; mail is captured unless
 * `settings`, which are names and values of the environment, say otherwise. Nobody can sign in before `ADA` is made: by `openAsAda`, or with the setup link. Gone when the file is done.
 */
export async function openWorkspace(settings: Record<string, string> = {}): Promise<Workspace> {
  const { db, connection } = await setup();
  await installExamples(db, EXAMPLE_SEQUENCES, new Date());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = {
    config: configOf(port, settings),
    publicUrl: url,
    log: pino({ level: 'silent' }),
    sends: true,
  };
  const sequitur = await compose({ db, connection }, options);
  await sequitur.app.listen({ host: '127.0.0.1', port });
  sequitur.start();
  const browser = await openBrowser();
  afterAll(async () => {
    await browser.close();
    await sequitur.stop();
  });

  const open = async (given: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ baseURL: url, locale: 'en-GB', ...given });
    return context.newPage();
  };
  return {
    db,
    url,
    browser,
    open,
    async openAsAda(given) {
      await createAdministrator(db, ADA, { kind: 'system', name: 'test' });
      const page = await open(given);
      const { email, password } = ADA;
      await page.request.post('/api/auth/sign-in/email', { data: { email, password } });
      return page;
    },
    async setupLink() {
      const link = await prepareSetupLink(db, { publicUrl: url, now: new Date() });
      if (link.outcome !== 'link') throw new Error(link.outcome);
      return link.url;
    },
  };
}

function configOf(port: number, settings: Record<string, string>): Config {
  const env = { PORT: String(port), MAIL_FROM: 'Shop <hello@example.com>', ...settings };
  const read = readConfig(env, '/nowhere');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (!address || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}
