import { expect, test } from 'vitest';
import { openWorkspace } from './workspace.ts';

const { openAsAda } = await openWorkspace();

test('a page that was offline says so, and catches up by itself', async () => {
  const page = await openAsAda();
  await page.goto('/sequences');
  const state = page.getByRole('status').filter({ hasText: /Live|Offline|Reconnecting/ });
  await state.getByText('Live').waitFor();

  await page.context().setOffline(true);
  await state.getByText('Offline').waitFor();
  const elsewhere = await openAsAda();
  const data = { recipient_email: 'grace@example.com' };
  const answer = await elsewhere.request.post('/api/sequences/spring-sale/trigger', { data });
  expect(answer.status()).toBe(202);

  await page.context().setOffline(false);
  await state.getByText('Live').waitFor();
  const card = page.getByRole('article', { name: 'Spring sale' });
  await card.getByText('Triggered 1 time', { exact: true }).waitFor();
});
