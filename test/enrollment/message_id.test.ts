import { expect, test } from 'vitest';
import { isSignOf, messageIdOf, readMessageId } from '../../src/enrollment/message_id.ts';
import { newId } from '../../src/lib/uuid.ts';

test('a Message-ID leads back to its enrollment and tells the step', () => {
  const ids = ['00000000-0000-7000-8000-000000000001', 'ffffffff-ffff-4fff-bfff-ffffffffffff', newId()];
  for (const enrollment of ids) {
    const step = newId();
    const id = messageIdOf(enrollment, step, 'example.com');
    expect(id).toMatch(/^<[0-9a-v]{36}@example\.com>$/);
    const ref = readMessageId(id);
    expect(ref?.enrollment_id).toBe(enrollment);
    expect(ref && isSignOf(ref, step)).toBe(true);
    expect(ref && isSignOf(ref, newId())).toBe(false);
  }
});

test('it is read without its brackets, in capitals and with blanks around', () => {
  const id = messageIdOf(newId(), newId(), 'example.com');
  for (const text of [id.slice(1, -1), id.toUpperCase(), ` ${id}\r\n`])
    expect(readMessageId(text)).toEqual(readMessageId(id));
});

test('what others call their mails is none of ours', () => {
  const others = [
    '',
    '<>',
    `<${newId()}@example.com>`,
    `<${'v'.repeat(36)}@example.com>`,
    `<${'0'.repeat(36)}>`,
    '<CAF+xyz=1@mail.gmail.com>',
  ];
  expect(others.map(readMessageId)).toEqual(others.map(() => undefined));
});
