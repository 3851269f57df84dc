import { ensureChromium } from './chromium.ts';

/** Before the first test that drives a browser: runs without such tests never get here. */
export default async function setup(): Promise<void> {
  await ensureChromium((line) => process.stderr.write(`${line}\n`));
}
