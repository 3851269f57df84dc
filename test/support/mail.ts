import { compileStep } from '../../src/delivery/render/compile_step.ts';
import { type RenderData, type RenderedMail, render } from '../../src/delivery/render/render.ts';
import type { StepTemplates } from '../../src/sequences/template.ts';

export const STEP: StepTemplates = {
  subject: 'Hello {{ contact.first_name | default: "there" }}',
  html: '<html><body><p>Hello {{ contact.name }}</p></body></html>',
  text: 'Hello {{ contact.name }}',
};

export const RENDER_DATA: RenderData = {
  from: { name: 'Northwind', address: 'hello@northwind.example.com' },
  contact: {
    email: 'ada@example.com',
    name: 'Ada Lovelace',
    external_user_id: null,
    time_zone: null,
    properties: {},
  },
  context: {},
  sequence: { name: 'Spring sale' },
  source: 'promo',
  unsubscribeUrl: 'https://mail.example.com/u/token',
  enrollmentId: '0195f3a0-0000-7000-8000-000000000001',
  stepId: '0195f3a0-0000-7000-8000-000000000002',
  now: new Date('2026-03-20T09:00:00Z'),
};

/** A mail of `STEP` and `RENDER_DATA`, but for what is given. Throws where a template breaks. */
export function mailOf(step: Partial<StepTemplates> = {}, data: Partial<RenderData> = {}): RenderedMail {
  const result = compileStep({ ...STEP, ...step });
  if (!result.ok) throw new Error(result.problem.message);
  const rendered = render(result.compiled, { ...RENDER_DATA, ...data });
  if (!rendered.ok) throw new Error(rendered.problem.message);
  return rendered.mail;
}
