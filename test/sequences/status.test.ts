import { describe, expect, test } from 'vitest';
import { NEXT_STATUSES, refusalOf } from '../../src/sequences/status.ts';
import type { Step } from '../../src/sequences/steps.ts';
import { content } from './factories.ts';

const now = new Date('2026-03-02T09:00:00.000Z');
const made = { id: 'a step', position: 0, revision: 1, created_at: now, revised_at: now, revised_by: null };
const sound: Step = { ...made, ...content() };
const broken: Step = { ...made, ...content({ subject: '{{', html: '{% if %}' }) };

describe('a change of status', () => {
  const statuses = ['draft', 'active', 'paused', 'archived'] as const;
  const pairs = statuses.flatMap((from) => statuses.map((to) => [from, to] as const));

  test.each(pairs)('from %s to %s is allowed as the table says', (from, to) => {
    const refusal = refusalOf(from, to, [sound]);
    const allowed = NEXT_STATUSES[from];
    expect(refusal).toEqual(allowed.includes(to) ? null : { reason: 'no_such_change', from, to, allowed });
  });

  test('never leads back to draft, and out of the archive only to paused', () => {
    expect(Object.values(NEXT_STATUSES).flat()).not.toContain('draft');
    expect(NEXT_STATUSES.archived).toEqual(['paused']);
  });

  test('to active needs steps, others do not', () => {
    expect(refusalOf('draft', 'active', [])).toEqual({ reason: 'no_steps' });
    expect(refusalOf('draft', 'archived', [])).toBeNull();
  });

  test('to active names every template that does not parse, others look at none', () => {
    expect(refusalOf('paused', 'active', [sound, broken])).toMatchObject({
      reason: 'invalid_templates',
      steps: [{ number: 2, problems: [{ field: 'subject' }, { field: 'html' }] }],
    });
    expect(refusalOf('active', 'paused', [broken])).toBeNull();
  });
});
