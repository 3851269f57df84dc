import { expect, test } from 'vitest';
import { openWorkspace } from './workspace.ts';

const { openAsAda } = await openWorkspace();

test('what the numbers of a card mean is told side by side, at the keyboard too', async () => {
  const page = await openAsAda();
  const data = { recipient_email: 'grace@example.com' };
  for (let n = 0; n < 2; n++) await page.request.post('/api/sequences/spring-sale/trigger', { data });
  await page.goto('/sequences?q=spring');
  const mark = page.getByRole('button', { name: 'What the numbers of Spring sale mean' });
  await mark.waitFor();
  await page.getByRole('searchbox').focus();
  while (!(await mark.evaluate((element) => element === element.ownerDocument.activeElement)))
    await page.keyboard.press('Tab');
  const told = page.getByRole('tooltip');
  await told.waitFor();
  expect(await told.getByRole('term').allInnerTexts()).toEqual([
    expect.stringMatching(/^Triggered\s+1$/),
    expect.stringMatching(/^Not started\s+1$/),
    expect.stringMatching(/^Emails sent\s+\d$/),
    expect.stringMatching(/^People\s+\d$/),
  ]);
});

test('a draft offers no trigger, and says why', async () => {
  const page = await openAsAda();
  const made = await page.request.post('/api/sequences', { data: { name: 'Autumn sale' } });
  expect(made.status()).toBe(201);
  await page.goto('/sequences?q=autumn');
  const card = page.getByRole('article', { name: 'Autumn sale' });
  await card.getByText('Draft: cannot be started').waitFor();
  expect(await card.getByRole('button').count()).toBe(0);
  await card.getByRole('link', { name: 'View details' }).click();
  const details = page.getByRole('dialog', { name: 'Autumn sale' });
  await details.getByText('No triggers and no emails in this range of days.').waitFor();
  expect(await details.getByRole('button', { name: 'Trigger now' }).count()).toBe(0);
});

test('on a phone every filter is in sight', async () => {
  const page = await openAsAda({ viewport: { width: 390, height: 844 } });
  await page.goto('/sequences');
  const filters = page.getByRole('navigation', { name: 'Filter by status' });
  await filters.getByRole('link', { name: /^Draft/ }).waitFor();
  const right = (await filters.getByRole('link').last().boundingBox()) ?? { x: 0, width: Number.NaN };
  expect(right.x + right.width).toBeLessThanOrEqual(390);
  expect(await filters.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
});
