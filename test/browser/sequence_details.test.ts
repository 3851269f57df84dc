import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openWorkspace } from './workspace.ts';

const { openAsAda } = await openWorkspace();

beforeAll(async () => {
  const { request } = await openAsAda();
  const recipients = ['grace', 'jean', 'mary'].map((name) => ({ recipient_email: `${name}@example.com` }));
  await request.post('/api/sequences/spring-sale/trigger', { data: { recipients } });
});

async function openDetails(search = ''): Promise<Page> {
  const page = await openAsAda();
  await page.goto('/sequences');
  const card = page.getByRole('article', { name: 'Spring sale' });
  await card.getByText('3 emails sent to 3 people', { exact: true }).waitFor();
  await card.getByRole('link', { name: 'View details' }).click();
  await page.waitForURL('**/sequences/*?time_range=30d');
  if (search) await page.goto(new URL(search, page.url()).href);
  return page;
}

test('an email is called what people read in their inbox, not by its template', async () => {
  const page = await openDetails();
  const emails = page.getByRole('region', { name: 'By email' });
  await emails.getByRole('row', { name: /^Your 20% is here, \[ ?first name ?\]/ }).waitFor();
  expect(await page.getByRole('dialog').innerText()).not.toContain('{%');
});

test('a bar that is pointed at is told above the bars', async () => {
  const page = await openDetails('?time_range=7d');
  const chart = page.getByRole('img', { name: /^Emails sent and people on each of 7 days, 3 emails/ });
  await chart
    .getByText(/^Most: 3 ·/)
    .first()
    .waitFor();
  const { x, y, width, height } = (await chart.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(x + width / 2, y + height / 2);
  await chart.getByText(/^0 ·/).first().waitFor();
  await page.mouse.move(x + width - 30, y + height / 2);
  await chart.getByText(/^3 ·/).first().waitFor();
});

test('a link to a range of days shows that range', async () => {
  const page = await openDetails('?time_range=90d');
  await page.getByRole('img', { name: /on each of 90 days/ }).waitFor();
  expect(await page.getByRole('radio', { name: '90 days' }).isChecked()).toBe(true);
});

test('card, page, chart, API and file show the same numbers', async () => {
  const page = await openDetails('?time_range=30d');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('img', { name: /on each of 30 days, 3 emails in all/ }).waitFor();
  const shown = async (series: string) => {
    const value = dialog.locator(`[data-series="${series}"] dd`).first();
    return Number((await value.innerText()).trim());
  };
  const api = '/api/sequences/spring-sale/analytics';
  const answer = await (await page.request.get(api)).json();
  const chart = await (await page.request.get(`${api}/series`)).json();
  const file = await (await page.request.get(`${api}/executions.csv`)).text();
  const summary = await (await page.request.get('/api/sequences/analytics/summary')).json();
  const card = summary.sequences.find((one: { sequence_key: string }) => one.sequence_key === 'spring-sale');
  const inAll = chart.points.reduce(
    (sum: number, point: { executions: number }) => sum + point.executions,
    0,
  );
  expect([await shown('emails'), card.execution_count, answer.total_executions, inAll]).toEqual([3, 3, 3, 3]);
  expect(file.trim().split('\r\n')).toHaveLength(1 + 3);
  expect([await shown('people'), card.unique_recipients, answer.unique_recipients]).toEqual([3, 3, 3]);
});
