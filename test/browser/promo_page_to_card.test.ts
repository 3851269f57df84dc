import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openWorkspace } from './workspace.ts';

const { open, openAsAda } = await openWorkspace();

/** Fills in the promo page as a visitor, in a browser of their own. */
async function askForTheCode(name: string, email: string): Promise<void> {
  const page = await open();
  await page.goto('/p/spring-sale');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Email').fill(email);
  await page.getByRole('button').click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(page.url()).toContain('/p/spring-sale');
  await page.context().close();
}

const cardOf = (page: Page) => page.getByRole('article', { name: 'Spring sale' });

test('a promo page is filled in, and the card ticks while it is looked at', async () => {
  const page = await openAsAda();
  await page.goto('/sequences');
  await cardOf(page).getByText('Not triggered yet').waitFor();
  await page.getByRole('status').getByText('Live').waitFor();
  await page.evaluate('window.wasNeverReloaded = true');

  await askForTheCode('Grace', 'grace@example.com');
  await cardOf(page).getByText('Triggered 1 time', { exact: true }).waitFor();
  await cardOf(page).getByText('1 email sent to 1 person', { exact: true }).waitFor();
  await askForTheCode('Jean', 'jean@example.com');
  await cardOf(page).getByText('2 emails sent to 2 people', { exact: true }).waitFor();

  await cardOf(page).getByRole('link', { name: 'View details' }).click();
  const details = page.getByRole('dialog', { name: 'Spring sale' });
  await details.getByRole('row', { name: /grace@example\.com .* Promo page just now/ }).waitFor();
  expect(page.url()).toMatch(/\/sequences\/[\w-]+\?time_range=30d$/);
  await details.getByRole('button', { name: 'Close' }).click();
  await cardOf(page).waitFor();
  expect(await page.evaluate('window.wasNeverReloaded')).toBe(true);
});

test('the Outbox shows the mail as its reader would see it, and lets none of it act', async () => {
  const page = await openAsAda();
  await page.goto('/outbox');
  await askForTheCode('Mary', 'mary@example.com');
  await page.getByRole('link', { name: /mary@example\.com/ }).click();

  const frame = page.locator('iframe');
  expect(await frame.getAttribute('sandbox')).toBe('');
  await page.frameLocator('iframe').getByText('SPRING20', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Text' }).click();
  await page.getByRole('tabpanel', { name: 'Text' }).getByText('SPRING20').first().waitFor();
  await page.getByRole('tab', { name: 'Headers' }).click();
  const header = page.getByRole('row', { name: /^List-Unsubscribe </ });
  expect(await header.getByRole('link').getAttribute('href')).toContain('/u/');
});

test('somebody who had it before is not started, and the reason stands in the details', async () => {
  const page = await openAsAda();
  await page.goto('/sequences?q=spring');
  for (const outcome of [/Started for hedy@example\.com/, /Not started for hedy@example\.com/]) {
    await cardOf(page).getByRole('button', { name: 'Trigger now' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Email address').fill('hedy@example.com');
    await dialog.getByRole('button', { name: 'Trigger now' }).click();
    await dialog.getByText(outcome).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
  }
  await cardOf(page).getByRole('link', { name: 'View details' }).click();
  const details = page.getByRole('dialog', { name: 'Spring sale' });
  await details.getByText(/^1 (Already in it|Had it before)$/).waitFor();
  await details.getByRole('row', { name: /^By hand 1/ }).waitFor();
});
