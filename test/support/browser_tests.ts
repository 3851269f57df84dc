import { ensureFreshDashboard } from './browser_dashboard.ts';
import { ensureChromium } from './chromium.ts';

/** Once, before the first test that drives a browser: runs without such tests never get here. */
export default async function setup(): Promise<void> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  await ensureFreshDashboard(log);
  await ensureChromium(log);
}
