import { describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { newId } from '../../src/lib/uuid.ts';
import {
  createEventTrigger,
  eventTriggersFor,
  findEventTrigger,
  patchEventTrigger,
  removeEventTrigger,
} from '../../src/sequences/event_triggers.ts';
import { setup } from '../support/setup.ts';
import { change, factoriesFor, later } from './factories.ts';

const { db } = await setup();
const { sequenceWith } = factoriesFor(db);

describe('an event trigger', () => {
  test('listens for its event while it is enabled', async () => {
    const { id: sequence_id } = await sequenceWith({ name: 'Listening' });
    const filters = [{ property: 'order.total', operator: 'greater_than', value: 50 }] as const;
    const trigger = await triggerFor({ sequence_id, event_name: 'order_paid', filters: [...filters] });
    expect(await eventTriggersFor(db, 'order_paid')).toEqual([trigger]);
    expect(await eventTriggersFor(db, 'order_lost')).toEqual([]);
    const off = await inTransaction(db, (tx) => patchEventTrigger(tx, trigger.id, { enabled: false }, later));
    expect(off).toEqual({
      outcome: 'updated',
      trigger: { ...trigger, enabled: false, updated_at: later.now },
      fields: ['enabled'],
    });
    expect(await eventTriggersFor(db, 'order_paid')).toEqual([]);
    expect(await findEventTrigger(db, trigger.id)).toEqual({
      ...trigger,
      enabled: false,
      updated_at: later.now,
    });
  });

  test('is unchanged by the filters that it has', async () => {
    const { id: sequence_id } = await sequenceWith({ name: 'Same filters' });
    const filters = [{ value: 'pro', operator: 'equals', property: 'plan' } as const];
    const trigger = await triggerFor({ sequence_id, event_name: 'upgraded', filters });
    const same = await inTransaction(db, (tx) => patchEventTrigger(tx, trigger.id, { filters }, later));
    expect(same.outcome).toBe('unchanged');
  });

  test('is refused for no known sequence, and gone once removed', async () => {
    const { id: sequence_id } = await sequenceWith({ name: 'Removed trigger' });
    const refused = await inTransaction(db, (tx) =>
      createEventTrigger(tx, { sequence_id: newId(), event_name: 'x' }, change),
    );
    expect(refused).toEqual({ outcome: 'no_such_sequence' });
    const trigger = await triggerFor({ sequence_id, event_name: 'removed_event' });
    expect(await inTransaction(db, (tx) => removeEventTrigger(tx, trigger.id, change))).toEqual(trigger);
    expect(await inTransaction(db, (tx) => removeEventTrigger(tx, trigger.id, change))).toBeUndefined();
    expect(
      await inTransaction(db, (tx) => patchEventTrigger(tx, trigger.id, { enabled: true }, change)),
    ).toEqual({
      outcome: 'no_such_trigger',
    });
    expect(await eventTriggersFor(db, 'removed_event')).toEqual([]);
  });
});

async function triggerFor(wanted: Parameters<typeof createEventTrigger>[1]) {
  const result = await inTransaction(db, (tx) => createEventTrigger(tx, wanted, change));
  if (result.outcome !== 'created') throw new Error(result.outcome);
  return result.trigger;
}
