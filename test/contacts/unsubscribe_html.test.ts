import { expect, test } from 'vitest';
import { unsubscribePageHtml } from '../../src/contacts/unsubscribe/page.ts';

const LINK = { email: 'ada.lovelace@example.com', formAction: '/u/token' };

/** The buttons of a page by what they post, in their order. */
function buttonsOf(page: string): Record<string, string> {
  const buttons = page.matchAll(
    /<button type="submit" name="action" value="(\w+)"(?: class="quiet")?>([^<]+)<\/button>/g,
  );
  return Object.fromEntries([...buttons].map(([, action, label]) => [action, label]));
}

test('following the link asks first: only the button unsubscribes', () => {
  const page = unsubscribePageHtml({ state: 'confirm', ...LINK });
  expect(page).toContain('<form method="post" action="/u/token">');
  expect(buttonsOf(page)).toEqual({
    unsubscribe: 'Unsubscribe from everything',
    unsubscribe_sequence: 'Only from this series',
  });
});

test('the page is a form with buttons that say what they do, and works without any script', () => {
  const page = unsubscribePageHtml({ state: 'confirm', ...LINK });
  expect(page).not.toContain('<script');
  expect(page).not.toMatch(/(src|href)="http/);
  expect(page.match(/<form/g)).toHaveLength(1);
  expect(page).toContain('<title>Unsubscribe from these emails?</title>');
});

test('whoever has unsubscribed can come back, and the other way round', () => {
  const actionsOf = (state: 'done' | 'sequence_done' | 'resubscribed') =>
    Object.keys(buttonsOf(unsubscribePageHtml({ state, ...LINK })));
  expect(actionsOf('done')).toEqual(['resubscribe']);
  expect(actionsOf('sequence_done')).toEqual(['unsubscribe', 'resubscribe']);
  expect(actionsOf('resubscribed')).toEqual(['unsubscribe', 'unsubscribe_sequence']);
});

test.each(['confirm', 'done', 'sequence_done', 'resubscribed'] as const)(
  '%s does not give the address away',
  (state) => {
    const page = unsubscribePageHtml({ state, ...LINK });
    expect(page).not.toContain('ada.lovelace');
    expect(page).toContain('a••••••••@example.com');
  },
);

test('a link that is broken says so, and changes nothing', () => {
  const page = unsubscribePageHtml({ state: 'invalid' });
  expect(page).toContain('This link does not work');
  expect(page).not.toContain('<form');
});
