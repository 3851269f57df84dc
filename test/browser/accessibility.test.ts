import axe from 'axe-core';
import type { APIRequestContext, Page } from 'playwright-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { openWorkspace } from './workspace.ts';

const { open, openAsAda } = await openWorkspace();

let sequenceId = '';
let mailId = '';

beforeAll(async () => {
  const { request } = await openAsAda();
  const data = { recipient_email: 'grace@example.com' };
  await request.post('/api/sequences/spring-sale/trigger', { data });
  const mail = await vi.waitFor(() => newestCaptured(request), { timeout: 20_000, interval: 200 });
  mailId = mail.id;
  sequenceId = mail.sequence_id;
});

const looks = [
  { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

describe.each(looks)('nothing serious is wrong in $colorScheme at $viewport.width px with', (look) => {
  const options = { ...look, reducedMotion: 'reduce' as const };

  test('the sign-in page', async () => {
    const page = await open(options);
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter your password.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('the cards, and Trigger now over them', async () => {
    const page = await openAsAda(options);
    await page.goto('/sequences');
    await page.getByText('1 email sent to 1 person').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Trigger now for Spring sale' }).click();
    await page.getByLabel('Email address').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('the details, as a chart and as a table', async () => {
    const page = await openAsAda(options);
    await page.goto(`/sequences/${sequenceId}?time_range=7d`);
    await page.getByRole('img', { name: /^Emails sent and people on each of 7 days/ }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByText('Table', { exact: true }).click();
    await page.getByRole('columnheader', { name: 'Day' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('the Outbox and a mail in it', async () => {
    const page = await openAsAda(options);
    await page.goto('/outbox');
    await page.getByRole('link', { name: /grace@example\.com/ }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`/outbox/${mailId}`);
    await page.getByRole('tab', { name: 'HTML' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('an address that leads nowhere', async () => {
    const page = await openAsAda(options);
    await page.goto('/nowhere');
    await page.getByRole('heading', { name: 'There is no page here' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });
});

/** What axe finds that keeps somebody from using the page. The mails themselves are their authors'. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document, { iframes: false })');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

async function newestCaptured(request: APIRequestContext): Promise<{ id: string; sequence_id: string }> {
  const { mails } = await (await request.get('/api/outbox')).json();
  expect(mails).not.toEqual([]);
  return mails[0];
}
