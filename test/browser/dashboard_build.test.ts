import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DASHBOARD, isDashboardFresh } from '../support/browser_dashboard.ts';
import { openWorkspace } from './workspace.ts';

const { openAsAda } = await openWorkspace();

const MOST_BYTES = 180_000;

test('the dashboard under test is the one in the sources', async () => {
  expect(await isDashboardFresh()).toBe(true);
});

test('the cards are there after 180 kB of JavaScript at most', async () => {
  const page = await openAsAda();
  const scripts = new Set<string>();
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(new URL(request.url()).pathname);
  });
  await page.goto('/sequences');
  await page.getByRole('article', { name: 'Spring sale' }).waitFor();
  const sizes = await Promise.all(
    [...scripts].map(async (path) => gzipSync(await readFile(join(DASHBOARD, path)), { level: 9 }).length),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
