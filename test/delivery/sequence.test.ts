import { afterEach, describe, expect, test } from 'vitest';
import { derivedId } from '../../src/lib/uuid.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  expectCleanRecount,
  trigger,
} from '../support/factories.ts';
import {
  capturedOf,
  enrollmentsOf,
  executionsOf,
  funnelOf,
  guardsOf,
  lifetimeOf,
  stepsLeftOf,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

afterEach(() => expectCleanRecount(db));

const DAY = 86_400;

describe('a sequence of three emails', () => {
  test('sends each when its time has come, not a second earlier, and then is over', async () => {
    const clock = aClock();
    const steps = [
      { subject: 'One' },
      { subject: 'Two', delay_seconds: 3 * DAY },
      { subject: 'Three', delay_seconds: DAY },
    ];
    const sequence = await aSequence(db, { steps });
    const email = anAddress();
    await trigger(anIntake(db, { clock }), sequence, { email });
    const worker = aWorker(db, { clock });
    const subjects = async () => {
      await worker.runDry();
      return (await capturedOf(db, sequence.id)).map(({ subject }) => subject);
    };

    expect(await subjects()).toEqual(['One']);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 1, waiting: 1 });
    clock.advance({ days: 3, seconds: -1 });
    expect(await subjects()).toEqual(['One']);
    clock.advance({ seconds: 1 });
    expect(await subjects()).toEqual(['One', 'Two']);
    // The third is due a day after the second was sent, not four days after the trigger.
    clock.advance({ days: 1, seconds: -1 });
    expect(await subjects()).toEqual(['One', 'Two']);
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 1, entries: 1 }]);
    clock.advance({ seconds: 1 });
    expect(await subjects()).toEqual(['One', 'Two', 'Three']);
    clock.advance({ days: 100 });
    expect(await subjects()).toEqual(['One', 'Two', 'Three']);

    expect(await enrollmentsOf(db, sequence.id)).toMatchObject([
      { status: 'finished', next_step_id: null, due_at: null, claimed_step_id: null, attempts: 0 },
    ]);
    expect(await guardsOf(db, sequence.id)).toEqual([{ active_enrollments: 0, entries: 1 }]);
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 3 });
    expect(await lifetimeOf(db, sequence.id)).toEqual({
      executions: 3,
      recipients: 1,
      triggers: 1,
      suppressed: 0,
    });
  });

  test('without delays sends all three, one after the other', async () => {
    const clock = aClock();
    const sequence = await aSequence(db, {
      steps: [{ subject: 'One' }, { subject: 'Two' }, { subject: 'Three' }],
    });
    await trigger(anIntake(db, { clock }), sequence);
    await aWorker(db, { clock }).runDry();
    expect((await stepsLeftOf(db, sequence.id)).map(({ outcome }) => outcome)).toEqual([
      'sent',
      'sent',
      'sent',
    ]);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 3, recipients: 1 });
  });
});

test('an execution says what was sent, when, to whom and why, under an identity of its own', async () => {
  const clock = aClock();
  const sequence = await aSequence(db);
  const email = anAddress();
  const { enrollment_id, contact_id } = await trigger(anIntake(db, { clock }), sequence, {
    email,
    source: 'checkout',
    context: { coupon: 'MAY' },
  });
  clock.advance({ hours: 2 });
  await aWorker(db, { clock }).runDry();
  const [step] = sequence.steps;
  const [mail] = await capturedOf(db, sequence.id);
  const lane = (await enrollmentsOf(db, sequence.id))[0]?.lane;
  expect(await executionsOf(db, sequence.id)).toEqual([
    {
      lane,
      id: derivedId(enrollment_id ?? '', step?.id ?? ''),
      executed_at: clock.now(),
      sequence_id: sequence.id,
      step_id: step?.id,
      revision: 1,
      enrollment_id,
      contact_id,
      recipient_email: email,
      recipient_user_id: null,
      context: { coupon: 'MAY' },
      source: 'checkout',
      via: 'captured',
      message_id: mail?.message_id,
    },
  ]);
  expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
    { enrollment_id, step_id: step?.id, revision: 1, source: 'checkout', outcome: 'sent', at: clock.now() },
  ]);
});

test('templates know the contact, the context, the sequence and the source', async () => {
  const clock = aClock();
  const sequence = await aSequence(db, {
    name: 'Order updates',
    steps: [
      {
        subject: '{{ contact.first_name }}: {{ context.order.number }}{% if context.vip %}!{% endif %}',
        html: '<p>{{ sequence.name }} {{ source }} {{ contact.name }} {% for item in context.items %}[{{ item }}]{% endfor %}</p>',
      },
    ],
  });
  const context = { order: { number: 4711 }, vip: true, items: ['<tea>', 'cup'] };
  await trigger(anIntake(db, { clock }), sequence, { name: 'Ада Лавлейс 🎉', context });
  await aWorker(db, { clock }).runDry();
  expect(await capturedOf(db, sequence.id)).toMatchObject([
    { subject: 'Ада: 4711!', text: expect.stringContaining('Order updates api Ада Лавлейс 🎉 [<tea>][cup]') },
  ]);
});

test('every email bears the headers by which mail programs unsubscribe, and one Message-ID of its own', async () => {
  const clock = aClock();
  const sequence = await aSequence(db, { steps: [{}, {}] });
  const intake = anIntake(db, { clock });
  await Promise.all([trigger(intake, sequence), trigger(intake, sequence)]);
  await aWorker(db, { clock }).runDry();
  const mails = await capturedOf(db, sequence.id);
  expect(new Set(mails.map(({ message_id }) => message_id)).size).toBe(4);
  for (const { headers, text } of mails) {
    expect(headers['List-Unsubscribe']).toMatch(/^<https:\/\/mail\.example\.com\/u\/[\w-]{67}>$/);
    expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    expect(text).toContain(headers['List-Unsubscribe']?.slice(1, -1));
  }
});
