import { expect, test } from 'vitest';
import { compileStep } from '../../src/delivery/render/compile_step.ts';
import { render } from '../../src/delivery/render/render.ts';
import { DEMO_SEQUENCES, EXAMPLE_SEQUENCES } from '../../src/sequences/examples.ts';
import { valueProblem } from '../../src/sequences/filters.ts';
import { PROMO_PAGE_LIMITS } from '../../src/sequences/promo_pages.ts';
import { STEP_LIMITS } from '../../src/sequences/steps.ts';
import { validateStep } from '../../src/sequences/template.ts';
import { RENDER_DATA } from '../support/mail.ts';

const sequences = DEMO_SEQUENCES.map((sequence) => [sequence.key, sequence] as const);

test('an empty workspace gets three active sequences that start at once and have a page of their own', () => {
  expect(EXAMPLE_SEQUENCES.map(({ key }) => key)).toEqual(['spring-sale', 'welcome', 'win-back']);
  for (const { key, status, steps, promo_page } of EXAMPLE_SEQUENCES) {
    expect([status, promo_page?.slug, steps[0]?.delay_seconds]).toEqual(['active', key, 0]);
    expect(steps.length).toBeGreaterThanOrEqual(2);
    expect(steps.length).toBeLessThanOrEqual(4);
  }
});

test('the demo has twelve sequences and the draft, paused and archived ones among them', () => {
  const shown = DEMO_SEQUENCES.map(({ status }) => status);
  expect(shown).toHaveLength(12);
  for (const status of ['draft', 'paused', 'archived'])
    expect(shown.filter((s) => s === status)).toHaveLength(1);
  for (const field of ['key', 'name'] as const)
    expect(new Set(DEMO_SEQUENCES.map((s) => s[field])).size).toBe(12);
});

test.each(sequences)('%s keeps the rules of sequences, steps, pages and triggers', (_key, sequence) => {
  const { key, reentry, reentry_days, steps, promo_page, event_trigger, sources } = sequence;
  expect(key).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(reentry === 'after_days').toBe(reentry_days !== null);
  expect(Object.values(sources).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  for (const step of steps) {
    expect(validateStep(step)).toEqual([]);
    expect(step.delay_seconds).toBeLessThanOrEqual(STEP_LIMITS.delay_seconds);
  }
  for (const [field, limit] of Object.entries(PROMO_PAGE_LIMITS)) {
    const text = promo_page?.[field as keyof typeof PROMO_PAGE_LIMITS] ?? 'no page';
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThanOrEqual(limit);
  }
  for (const filter of event_trigger?.filters ?? []) expect(valueProblem(filter)).toBeNull();
});

test.each(sequences)(
  '%s reads well for somebody of whom nothing but the address is known',
  (_key, { steps }) => {
    for (const step of steps) {
      const { subject, html, text } = mail(step, null);
      for (const part of [subject, html, text]) {
        expect(part).not.toMatch(/\{\{|\{%|undefined|null|NaN|\[object/);
      }
      expect(subject).not.toMatch(/^[\s,]|[\s,]$|, ?[.?!]| {2}/);
      expect(html.split(RENDER_DATA.unsubscribeUrl)).toHaveLength(2);
      expect(text.split(RENDER_DATA.unsubscribeUrl)).toHaveLength(2);
      expect(html.length).toBeLessThan(100_000); // Gmail cuts longer ones
    }
  },
);

test('the spring sale names the day on which its code ends', () => {
  const [first] = EXAMPLE_SEQUENCES[0]?.steps ?? [];
  if (!first) throw new Error('the spring sale has no steps');
  const { subject, html, text } = mail(first, 'Ada Lovelace');
  expect(subject).toBe('Your 20% is here, Ada');
  expect(html).toContain('until Wednesday, March 25');
  expect(text).toContain('until Wednesday, March 25');
});

function mail(step: (typeof DEMO_SEQUENCES)[number]['steps'][number], name: string | null) {
  const result = compileStep(step);
  if (!result.ok) throw new Error(result.problem.message);
  const contact = { ...RENDER_DATA.contact, name };
  const rendered = render(result.compiled, { ...RENDER_DATA, contact });
  if (!rendered.ok) throw new Error(rendered.problem.message);
  return rendered.mail;
}
