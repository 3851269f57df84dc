import { expect, test } from 'vitest';
import { unsubscribePageHtml } from '../../src/contacts/unsubscribe/page.ts';

const LINK = { email: 'ada.lovelace@example.com', formAction: '/u/token' };

test('following the link asks first: only the button unsubscribes', () => {
  const page = unsubscribePageHtml({ state: 'confirm', ...LINK });
  expect(page).toContain('<form method="post" action="/u/token">');
  expect(page).toMatch(/<button type="submit" name="action" value="unsubscribe">Unsubscribe<\/button>/);
});

test('whoever has unsubscribed can come back, and the other way round', () => {
  expect(unsubscribePageHtml({ state: 'done', ...LINK })).toMatch(/name="action" value="resubscribe"/);
  expect(unsubscribePageHtml({ state: 'resubscribed', ...LINK })).toMatch(
    /name="action" value="unsubscribe"/,
  );
});

test.each(['confirm', 'done', 'resubscribed'] as const)('%s does not give the address away', (state) => {
  const page = unsubscribePageHtml({ state, ...LINK });
  expect(page).not.toContain('ada.lovelace');
  expect(page).toContain('a••••••••@example.com');
});

test('a link that is broken says so, and changes nothing', () => {
  const page = unsubscribePageHtml({ state: 'invalid' });
  expect(page).toContain('This link does not work');
  expect(page).not.toContain('<form');
});
