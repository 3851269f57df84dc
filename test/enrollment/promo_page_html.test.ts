import { expect, test } from 'vitest';
import {
  missingPromoPageHtml,
  type PromoPageView,
  promoPageHtml,
} from '../../src/enrollment/promo_page/page.ts';

const VIEW: PromoPageView = {
  page: {
    title: 'Spring <sale>',
    intro: 'One.\n\nTwo.',
    button_label: 'Send it',
    thanks_title: 'Thank you',
    thanks_text: 'Look into your inbox.',
    closed_text: 'It is over.',
    brand: 'Northwind & Co',
  },
  state: 'open',
  formAction: '/p/spring-sale',
  honeypotField: 'website',
};

test('the open page has a form that posts name and email without any script', () => {
  const page = promoPageHtml(VIEW);
  expect(page).toContain('<form method="post" action="/p/spring-sale"');
  expect(page).toMatch(
    /<label for="email">Email address<\/label>\s*<input id="email" name="email" type="email" autocomplete="email"/,
  );
  expect(page).toMatch(/<input id="name" name="name" type="text" autocomplete="name"/);
  expect(page).toContain('<p>One.</p><p>Two.</p>');
  expect(page).not.toContain('<script');
  expect(page).not.toMatch(/(src|href)="http/);
  expect(page).not.toContain('role="alert"');
});

test('the honeypot is there for robots and for nobody else', () => {
  const page = promoPageHtml(VIEW);
  expect(page).toMatch(/<div class="away" aria-hidden="true">\s*<label for="website">/);
  expect(page).toMatch(/<input id="website" name="website" type="text" tabindex="-1" autocomplete="off"/);
});

test('what went wrong stands in a summary that takes the focus, and beside each field', () => {
  const page = promoPageHtml({
    ...VIEW,
    state: 'invalid',
    errors: { email: 'Enter an address like ada@example.com' },
    values: { name: '"><script>alert(1)</script>', email: 'ada@' },
  });
  expect(page).toContain('<title>Error: Spring &lt;sale&gt;</title>');
  expect(page).toMatch(/role="alert" tabindex="-1" autofocus/);
  expect(page).toContain('<a href="#email">Enter an address like ada@example.com</a>');
  expect(page).toMatch(
    /value="ada@" aria-required="true" aria-invalid="true" aria-describedby="email-problem"/,
  );
  expect(page).toContain('<p class="problem" id="email-problem">');
  expect(page).not.toContain('name-problem');
  expect(page).not.toContain('<script>');
});

test('a problem of the whole form needs no field', () => {
  const page = promoPageHtml({ ...VIEW, state: 'invalid', errors: { form: 'Please wait a minute.' } });
  expect(page).toContain('<h2 id="summary-title">Please wait a minute.</h2>');
  expect(page).not.toContain('aria-describedby');
});

test('hidden fields are posted back', () => {
  const page = promoPageHtml({ ...VIEW, hiddenFields: { request_key: 'a"b' } });
  expect(page).toContain('<input type="hidden" name="request_key" value="a&quot;b">');
});

test('after the form there are thanks, and no form', () => {
  const page = promoPageHtml({ ...VIEW, state: 'thanks' });
  expect(page).toContain('<h1>Thank you</h1>');
  expect(page).not.toContain('<form');
});

test('a closed offer says so, and has no form', () => {
  const page = promoPageHtml({ ...VIEW, state: 'closed' });
  expect(page).toContain('<h1>This offer is closed</h1>');
  expect(page).toContain('It is over.');
  expect(page).not.toContain('<form');
});

test('an address without a page has a page that says so', () => {
  expect(missingPromoPageHtml()).toContain('<h1>There is no page here</h1>');
});
