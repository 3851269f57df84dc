import { expect, test } from 'vitest';
import { ADA, openWorkspace } from './workspace.ts';

const { open, openAsAda, setupLink } = await openWorkspace();

test('a setup link that is out of date says so before anything is typed, and what to do', async () => {
  const outdated = await setupLink();
  await setupLink();
  const page = await open();
  await page.goto(outdated);
  await page.getByRole('heading', { name: 'This setup link is out of date' }).waitFor();
  await page.getByText('Open the link that stands there.').waitFor();
  expect(await page.getByRole('textbox').count()).toBe(0);
});

test('the setup link leads from nothing to the cards', async () => {
  const page = await open();
  const link = await setupLink();
  await page.goto(link);
  await page.getByLabel('Your name').fill(ADA.name);
  await page.getByLabel('Email').fill('no address');
  await page.getByLabel('Choose a password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Create the workspace' }).click();
  await page.getByText('Enter an email address.').waitFor();
  await page.getByText('Use at least 10 characters.').waitFor();

  await page.getByLabel('Email').fill(ADA.email);
  await page.getByLabel('Choose a password', { exact: true }).fill(ADA.password);
  const zone = page.getByRole('combobox', { name: 'Reporting time zone' });
  await zone.fill('new york');
  await page.getByRole('option', { name: /New York/ }).click();
  await page.getByRole('button', { name: 'Create the workspace' }).click();
  await page.getByRole('heading', { name: 'Sequences' }).waitFor();
  const { time_zone } = await (await page.request.get('/api/workspace')).json();
  expect(time_zone).toBe('America/New_York');

  const later = await open();
  await later.goto(link);
  await later.getByRole('heading', { name: 'This workspace is set up' }).waitFor();
  await later.getByRole('link', { name: 'Go to sign-in' }).waitFor();
});

test('who is not signed in is asked to, and gets to where they wanted', async () => {
  await openAsAda();
  const page = await open();
  await page.goto('/sequences?q=spring&sort=name');
  await page.getByLabel('Email').fill(ADA.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('The email or the password is wrong.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(ADA.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/sequences?q=spring&sort=name');
  await page.getByRole('article', { name: 'Spring sale' }).waitFor();
});

test('a session that ends loses nothing that was typed', async () => {
  const page = await openAsAda();
  await page.goto('/sequences');
  await page.getByRole('button', { name: 'Trigger now for Spring sale' }).click();
  await page.getByLabel('Email address').fill('grace@example.com');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Trigger now', exact: true }).click();

  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByRole('textbox', { name: 'Email' }).fill(ADA.email);
  await dialog.getByLabel('Password', { exact: true }).fill(ADA.password);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await page.getByLabel('Email address').inputValue()).toBe('grace@example.com');
  await page.getByRole('button', { name: 'Trigger now', exact: true }).click();
  await page.getByText('Started for grace@example.com.').waitFor();
});

test('signing out leads to the sign-in page, and nothing behind it stays reachable', async () => {
  const page = await openAsAda();
  await page.goto('/outbox');
  await page.getByRole('button', { name: /account and appearance/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  await page.goto('/outbox');
  await page.waitForURL('**/sign-in?back=%2Foutbox');
});
