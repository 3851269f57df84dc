import { expect, test } from 'vitest';
import { compileStep } from '../../src/delivery/render/compile_step.ts';
import { formatMailbox, parseMailbox } from '../../src/delivery/render/mailbox.ts';
import { composeMime } from '../../src/delivery/render/mime.ts';
import { render } from '../../src/delivery/render/render.ts';
import { TEMPLATE_VARIABLES } from '../../src/sequences/template_variables.ts';
import { mailOf, RENDER_DATA, STEP } from '../support/mail.ts';

const { contact } = RENDER_DATA;

test('the same arguments give the same mail, so that a mail sent again is the same mail', () => {
  expect(mailOf()).toEqual(mailOf());
  expect(mailOf().messageId).toMatch(/^<[0-9a-v]{36}@northwind\.example\.com>$/);
});

test('another step or enrollment has another Message-ID; another moment has not', () => {
  const { messageId } = mailOf();
  expect(mailOf({}, { stepId: RENDER_DATA.enrollmentId }).messageId).not.toBe(messageId);
  expect(mailOf({}, { enrollmentId: RENDER_DATA.stepId }).messageId).not.toBe(messageId);
  expect(mailOf({}, { now: new Date(0) }).messageId).toBe(messageId);
});

test('a sender at an international domain has its Message-ID in ASCII', () => {
  const { messageId } = mailOf({}, { from: { name: '', address: 'почта@пример.рф' } });
  expect(messageId).toMatch(/@xn--e1afmkfd\.xn--p1ai>$/);
});

test('every documented variable is there for a template', () => {
  const wanted = ['{% if true %}', ...TEMPLATE_VARIABLES.map(({ name }) => `[{{ ${name} }}]`), '{% endif %}'];
  const { text } = mailOf(
    { text: wanted.join('\n') },
    {
      contact: { ...contact, external_user_id: 'u1', time_zone: 'Europe/Oslo', properties: { plan: 'Team' } },
      context: { order_number: 7 },
    },
  );
  expect(text).not.toContain('[]');
  expect(text).toContain('[Ada]');
  expect(text).toContain('[2026-03-20T09:00:00.000Z]');
});

test.each([
  ['Ada Lovelace', {}, 'Ada'],
  ['  Grace  Hopper ', {}, 'Grace'],
  ['Mary Ann Evans', { first_name: 'Mary Ann' }, 'Mary Ann'],
  [null, {}, 'there'],
  ['', { first_name: 12 }, 'there'],
])('a contact named %o with %o is greeted as %s', (name, properties, greeted) => {
  expect(mailOf({}, { contact: { ...contact, name, properties } }).subject).toBe(`Hello ${greeted}`);
});

test('values are escaped in HTML and nowhere else', () => {
  const mail = mailOf(
    { subject: '{{ contact.name }}', html: '<p>{{ contact.name }}</p>', text: '{{ contact.name }}' },
    { contact: { ...contact, name: 'Tom & <b>Ann</b>' } },
  );
  expect(mail.subject).toBe('Tom & <b>Ann</b>');
  expect(mail.html).toContain('<p>Tom &amp; &lt;b&gt;Ann&lt;/b&gt;</p>');
  expect(mail.text).toContain('Tom & <b>Ann</b>');
});

test('subject and recipient name are single lines of bounded length', () => {
  const mail = mailOf(
    { subject: 'a\r\nBcc: x@example.com\u2028\u0000b  c' },
    { contact: { ...contact, name: `Ada\nX: y${'z'.repeat(9_999)}` } },
  );
  expect(mail.subject).toBe('a Bcc: x@example.com b c');
  expect(mail.to.name.startsWith('Ada X: yzzz')).toBe(true);
  expect([...mail.to.name]).toHaveLength(490);
  expect([...mailOf({ subject: '🎉'.repeat(9_999) }).subject]).toHaveLength(490);
});

test('every mail can be unsubscribed from, by header, in HTML and in text', () => {
  const { headers, html, text } = mailOf();
  expect(headers).toEqual({
    'List-Unsubscribe': '<https://mail.example.com/u/token>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  });
  expect(html).toMatch(
    /<a href="https:\/\/mail\.example\.com\/u\/token"[^>]*>Unsubscribe<\/a><\/div>\n<\/body><\/html>$/,
  );
  expect(text).toMatch(
    /^Hello Ada Lovelace\n\n--\n.*Unsubscribe:\nhttps:\/\/mail\.example\.com\/u\/token\n$/,
  );
});

test('a template that has the link itself gets no second one', () => {
  const mail = mailOf({
    html: '<p><a href="{{ unsubscribe_url }}">Leave</a></p>',
    text: 'Leave: {{ unsubscribe_url }}',
  });
  expect(mail.html).toBe('<p><a href="https://mail.example.com/u/token">Leave</a></p>');
  expect(mail.text).toBe('Leave: https://mail.example.com/u/token');
});

test('a link that this recipient does not get to see does not count', () => {
  const { html } = mailOf({
    html: '{% if context.vip %}<a href="{{ unsubscribe_url }}">Leave</a>{% endif %}Hi',
  });
  expect(html).toContain('>Unsubscribe</a>');
});

test('a link with an ampersand counts as well', () => {
  const unsubscribeUrl = 'https://mail.example.com/u?a=1&b=2';
  const { html } = mailOf({ html: '<a href="{{ unsubscribe_url }}">Leave</a>' }, { unsubscribeUrl });
  expect(html).toBe('<a href="https://mail.example.com/u?a=1&amp;b=2">Leave</a>');
});

test('the text part is derived from the HTML where the step has none', () => {
  const { text } = mailOf({
    html: `<html><head><style>p{color:red}</style></head><body><div style="display:none">Preview</div>
      <h1>Hello {{ contact.first_name }}</h1><p>20 &lt; 30 &amp; so on.</p>
      <ul><li>one</li><li>two</li></ul><p><a href="https://example.com/shop?a=1&amp;b=2">Shop</a></p></body></html>`,
    text: null,
  });
  expect(text).toBe(
    [
      'Hello Ada',
      '',
      '20 < 30 & so on.',
      '',
      '- one',
      '- two',
      '',
      'Shop <https://example.com/shop?a=1&b=2>',
      '',
      'No longer want these emails? Unsubscribe <https://mail.example.com/u/token>',
    ].join('\n'),
  );
});

test('a template that breaks on one recipient’s data says where, and throws nothing', () => {
  const result = compileStep({ ...STEP, html: '<p>\n{{ context.blob | base64_decode }}</p>' });
  if (!result.ok) throw new Error(result.problem.message);
  const rendered = render(result.compiled, { ...RENDER_DATA, context: { blob: '~' } });
  expect(rendered).toMatchObject({ ok: false, problem: { field: 'html', line: 2, column: 1 } });
});

test('a step that does not parse says which field', () => {
  expect(compileStep({ ...STEP, text: '{{ nope' })).toMatchObject({ ok: false, problem: { field: 'text' } });
});

test('the composed message ends its lines with CRLF and begins with the headers', () => {
  const raw = composeMime(mailOf()).toString('latin1');
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(raw).toContain('\r\nDate: Fri, 20 Mar 2026 09:00:00 +0000\r\n');
  expect(raw).toContain(`\r\nMessage-ID: ${mailOf().messageId}\r\n`);
});

test.each([
  ['ada@example.com', { name: '', address: 'ada@example.com' }],
  ['Ada Lovelace <ada@example.com>', { name: 'Ada Lovelace', address: 'ada@example.com' }],
  ['"Lovelace, Ada" <ada@example.com>', { name: 'Lovelace, Ada', address: 'ada@example.com' }],
  ['Магазин <shop@пример.рф>', { name: 'Магазин', address: 'shop@пример.рф' }],
])('the mailbox %s is read', (text, mailbox) => {
  expect(parseMailbox(text)).toEqual(mailbox);
});

test.each(['', 'ada', 'Ada <ada>', 'a@example.com, b@example.com', 'Team: a@example.com, b@example.com;'])(
  'the mailbox "%s" is refused',
  (text) => {
    expect(parseMailbox(text)).toBeUndefined();
  },
);

test('a mailbox is printed as people know it', () => {
  expect(formatMailbox({ name: 'Ада', address: 'ada@example.com' })).toBe('Ада <ada@example.com>');
  expect(formatMailbox({ name: '', address: 'ada@example.com' })).toBe('ada@example.com');
});
