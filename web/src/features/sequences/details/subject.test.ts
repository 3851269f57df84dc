import { expect, test } from 'vitest';
import { readSubject, subjectText } from './subject.ts';

test.each([
  ['SPRING20 ends tomorrow', 'SPRING20 ends tomorrow'],
  [
    'Your 20% is here{% if contact.first_name %}, {{ contact.first_name }}{% endif %}',
    'Your 20% is here, [first name]',
  ],
  ['{{ contact.first_name | default: "Hello" }}, it has been a while', '[first name], it has been a while'],
  ['How is the {{ context.product | default: "coffee" }}?', 'How is the [product]?'],
  ['{% if context.vip %}Early{% elsif contact.plan %}Soon{% else %}Late{% endif %} access', 'Early access'],
  ['{%- assign n = 3 -%}{{- n }} left', '[n] left'],
  ['{{ "now" | upcase }}: {% comment %}to be settled{% endcomment %}a sale', 'now: a sale'],
  ['{% case source %}{% when "api" %}A{% when "promo" %}B{% endcase %} offer', 'A offer'],
  ['100 % {{', '100 % {{'],
])('%s reads as %s', (template, text) => {
  expect(subjectText(template)).toBe(text);
});

test('words that stand beside each other are one part', () => {
  expect(readSubject('A{% if contact.name %} B{% endif %} {{ contact.name }}')).toEqual([
    { text: 'A B ', blank: false },
    { text: 'name', blank: true },
  ]);
});
