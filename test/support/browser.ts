import { type Browser, chromium } from 'playwright-core';
import { findChromium } from './chromium.ts';

/**
 * A headless Chromium with a new, empty profile, which reaches for nothing but what a test opens. Close it with
 * `await using`, or in afterAll. Playwright starts it without its sandbox, which containers do not allow; so let it
 * open only pages of the project.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findChromium();
  if (!executablePath)
    throw new Error('There is no Chromium: a test that needs one belongs into test/browser/.');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
