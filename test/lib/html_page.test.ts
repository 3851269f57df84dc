import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  html,
  htmlDocument,
  PAGE_SECURITY_POLICY,
  paragraphs,
  trustedHtml,
} from '../../src/lib/html_page.ts';

test('whatever is put into html is escaped, once', () => {
  const inner = html`<i>${'<&>'}</i>`;
  expect(html`<b title="${`"'`}">${'<'}${1}${inner}${['a', null, inner]}</b>`.safeHtml).toBe(
    '<b title="&quot;&#39;">&lt;1<i>&lt;&amp;&gt;</i>a<i>&lt;&amp;&gt;</i></b>',
  );
});

test('nothing, undefined and false print nothing; trusted markup prints as it is', () => {
  expect(html`[${null}${undefined}${false}${[]}${''}]`.safeHtml).toBe('[]');
  expect(html`${trustedHtml('<br>')}`.safeHtml).toBe('<br>');
});

test('blank lines part paragraphs, line breaks stay, a blank text prints nothing', () => {
  expect(paragraphs('a\nb\r\n\r\n<c>\n', 'lead')?.safeHtml).toBe(
    '<div class="lead"><p>a<br>b</p><p>&lt;c&gt;</p></div>',
  );
  expect(paragraphs(' \n', 'lead')).toBeNull();
});

test('the security policy allows exactly the style sheet that documents carry, and no script', () => {
  const style = /<style>(.*)<\/style>/s.exec(htmlDocument({ title: 'x', body: html`` }))?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  expect(PAGE_SECURITY_POLICY).toContain(`style-src 'sha256-${digest}'`);
  expect(PAGE_SECURITY_POLICY).toContain("default-src 'none'");
});
