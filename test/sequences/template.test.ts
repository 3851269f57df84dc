import { expect, test } from 'vitest';
import {
  MAX_TEMPLATE_LENGTH,
  parseTemplate,
  renderTemplate,
  type TemplateFormat,
  validateStep,
} from '../../src/sequences/template.ts';
import { exampleVariables, TEMPLATE_VARIABLES } from '../../src/sequences/template_variables.ts';

test.each([
  ['Hi {{ name | nope }}', 1, 14, 'undefined filter: nope'],
  ['{{ a\n  | date: "%Y | nope"\n  | nope }}', 3, 5, 'undefined filter: nope'],
  ['{% assign x = a | nope %}', 1, 19, 'undefined filter: nope'],
  ['a\n  {% if x %}b', 2, 3, 'tag {% if x %} not closed'],
  ['a\n {{ x', 2, 2, 'output "{{ x" not closed'],
  ['{% nope %}', 1, 1, 'tag "nope" not found'],
  ['a{% endif %}', 1, 2, 'tag "endif" not found'],
  ['{{ }}', 1, 4, 'invalid value expression: ""'],
  ['{{ contact first_name }}', 1, 12, 'unexpected "first_name"'],
  ['{% if a == %}x{% endif %}', 1, 11, 'a value is missing'],
  ['{% if a b %}x{% endif %}', 1, 9, 'unexpected "b"'],
])('%j does not parse: line %i, column %i, %s', (source, line, column, message) => {
  expect(parseTemplate(source, 'html')).toEqual({ ok: false, line, column, message });
});

test.each(['include', 'render', 'layout', 'block'])(
  '{%% %s %%} is refused: a template reads no other',
  (tag) => {
    expect(parseTemplate(`\n {% ${tag} "x" %}`, 'html')).toMatchObject({
      ok: false,
      line: 2,
      column: 2,
      message: expect.stringContaining(`{% ${tag} %} is not available`),
    });
  },
);

test.each([
  '{% raw %}{{ a b }}{% endraw %}',
  '{% comment %}{{ a b }}{% endcomment %}',
  '{% if a and b or not c contains "x" %}{% elsif d == blank %}{% endif %}',
  '{{ a[0].b["c d"] | default: "x", allow_false: true }}',
  '{% for i in (1..3) %}{{ forloop.index }}{% endfor %}',
])('%s parses', (source) => {
  expect(parseTemplate(source, 'html').ok).toBe(true);
});

test.each<[string, TemplateFormat, Record<string, unknown>, string]>([
  ['{{ contact.first_name | default: "there" }}', 'html', {}, 'there'],
  ['{{ nobody.knows.this }}', 'html', {}, ''],
  ['{{ a }}', 'html', { a: `<b>"Tom" & 'Ann'</b>` }, '&lt;b&gt;&#34;Tom&#34; &amp; &#39;Ann&#39;&lt;/b&gt;'],
  ['{{ a | raw }}', 'html', { a: '<b>' }, '<b>'],
  ['{{ a | escape }}', 'html', { a: '<b>' }, '&lt;b&gt;'],
  ['{{ a | newline_to_br }}', 'html', { a: '<\n>' }, '&lt;<br>\n&gt;'],
  ['{{ a }}', 'text', { a: '<b>&' }, '<b>&'],
  ['{{ a }}', 'text', { a: ['x', null, 'y'] }, 'xy'],
  ['{{ a.constructor }}{{ a.__proto__ }}', 'text', { a: {} }, ''],
  ['{{ t | date: "%d %B %Y %H:%M" }}', 'text', { t: '2026-01-01T23:30:00Z' }, '01 January 2026 23:30'],
  ['{{ t | date: "%d %H:%M", z }}', 'text', { t: '2026-01-01T23:30:00Z', z: 'Asia/Tokyo' }, '02 08:30'],
])('%s as %s with %o prints %j', (source, format, variables, output) => {
  expect(printed(source, format, variables)).toEqual({ ok: true, output });
});

test.each([
  ['{% for i in (1..100000000) %}x{% endfor %}', 'memory alloc limit exceeded'],
  ['{% for i in (1..900) %}{% for j in (1..900) %}xxxxxxxxxx{% endfor %}{% endfor %}', 'prints more than'],
  [
    '{% assign s = "x" %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}',
    'memory alloc limit exceeded',
  ],
])('a runaway template is stopped: %s', (source, message) => {
  const started = performance.now();
  expect(printed(source, 'html', {})).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('a template beyond the length limit is refused before it is parsed', () => {
  const source = 'x'.repeat(MAX_TEMPLATE_LENGTH + 1);
  expect(parseTemplate(source, 'html')).toMatchObject({ ok: false, line: 1, column: 1 });
});

test('all the problems of a step are told at once, field by field', () => {
  expect(validateStep({ subject: '{{ a | nope }}', html: '<p>\n{% if %}', text: '{{' })).toEqual([
    { field: 'subject', line: 1, column: 8, message: 'undefined filter: nope' },
    { field: 'html', line: 2, column: 6, message: 'invalid value expression: ""' },
    { field: 'text', line: 1, column: 1, message: 'output "{{" not closed' },
  ]);
  expect(validateStep({ subject: 'Hi', html: '<p>Hi</p>', text: null })).toEqual([]);
});

test('each documented variable prints its example', () => {
  const variables = exampleVariables();
  for (const { name, example } of TEMPLATE_VARIABLES) {
    expect(printed(`{{ ${name} }}`, 'text', variables)).toEqual({ ok: true, output: example });
  }
});

function printed(source: string, format: TemplateFormat, variables: Record<string, unknown>) {
  const parsed = parseTemplate(source, format);
  if (!parsed.ok) throw new Error(parsed.message);
  return renderTemplate(parsed.template, variables);
}
