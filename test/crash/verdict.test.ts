import { describe, expect, test } from 'vitest';
import type { Copy } from './mail_server.ts';
import { type Evidence, judge } from './verdict.ts';

const ADA = 'ada@example.com';
const BOB = 'bob@example.com';

/** A round of one email to each of two people, in which all went well, but for `some`. */
function evidence(some: Partial<Evidence> = {}): Evidence {
  const step_id = 'first';
  const outcome = { step_id, outcome: 'sent', reason: '' };
  return {
    accepted: [ADA, BOB],
    subjects: new Map([[step_id, 'Welcome']]),
    rows: {
      triggers: [ADA, BOB].map((email) => ({ email, outcome: 'accepted', reason: '' })),
      runs: [ADA, BOB].map((email) => ({ email, status: 'finished', exit_reason: null })),
      outcomes: [ADA, BOB].map((email) => ({ email, ...outcome })),
      executions: [ADA, BOB].map((email) => ({ email, step_id, message_id: `<${email}>` })),
      openRuns: 0,
    },
    copies: [copy(ADA), copy(BOB)],
    refused: new Set(),
    strikes: [],
    connections: 1,
    ...some,
  };
}

function copy(email: string, some: Partial<Copy> = {}): Copy {
  return {
    key: `${email} Welcome`,
    messageId: `<${email}>`,
    worker: 'w1',
    at: 1,
    isAnswerLost: false,
    ...some,
  };
}

function rowsBut(some: Partial<Evidence['rows']>): Partial<Evidence> {
  return { rows: { ...evidence().rows, ...some } };
}

const unsettled = new Set([`${ADA} Welcome`, `${BOB} Welcome`]);
const twice = [copy(ADA), copy(BOB), copy(ADA, { worker: 'w2', at: 2 }), copy(BOB, { worker: 'w2', at: 2 })];

describe('nothing is found', () => {
  test.each<[string, Partial<Evidence>]>([
    ['where all went well', {}],
    [
      'where emails in flight at a kill came twice',
      { copies: twice, strikes: [{ worker: 'w1', unsettled }] },
    ],
    [
      'where one that was stopped sends again what another had in flight when that was killed',
      {
        copies: [...twice].reverse().map((each, at) => ({ ...each, at })),
        strikes: [
          { worker: 'w2', unsettled },
          { worker: 'w1', unsettled, wokenAt: 1 },
        ],
      },
    ],
    ['where an answer was lost', { copies: [copy(ADA, { isAnswerLost: true }), copy(ADA), copy(BOB)] }],
    [
      'where an address was refused for good',
      {
        ...rowsBut({
          runs: [
            { email: ADA, status: 'exited', exit_reason: 'bounced' },
            { email: BOB, status: 'finished', exit_reason: null },
          ],
          outcomes: [
            { email: ADA, step_id: 'first', outcome: 'failed', reason: 'mailbox_unknown' },
            { email: BOB, step_id: 'first', outcome: 'sent', reason: '' },
          ],
          executions: [{ email: BOB, step_id: 'first', message_id: `<${BOB}>` }],
        }),
        copies: [copy(BOB)],
        refused: new Set([ADA]),
      },
    ],
  ])('%s', (_where, some) => {
    expect(judge(evidence(some)).differences).toEqual([]);
  });
});

describe('it is found', () => {
  const lateBoth = twice.map((each) => (each.worker === 'w1' ? { ...each, at: 3 } : each));
  test.each<[string, Partial<Evidence>, RegExp]>([
    ['that an email never arrived', { copies: [copy(ADA)] }, /bob@example.com Welcome" was taken 0 times/],
    ['that an email came twice for no reason', { copies: twice }, /taken 2 times \(0 of them excused\)/],
    [
      'that one came twice whose worker was not the one killed',
      { copies: twice, strikes: [{ worker: 'w3', unsettled }] },
      /0 of them excused/,
    ],
    [
      'that one came twice which was settled before the kill',
      { copies: twice, strikes: [{ worker: 'w1', unsettled: new Set() }] },
      /0 of them excused/,
    ],
    [
      'that copies have two Message-IDs',
      { copies: [copy(ADA, { isAnswerLost: true, messageId: '<other>' }), copy(ADA), copy(BOB)] },
      /Message-IDs <ada@example.com>, <other>/,
    ],
    [
      'that one who wakes up sends more than connections hold',
      { copies: lateBoth, strikes: [{ worker: 'w1', unsettled, wokenAt: 2 }] },
      /w1 repeated 2 emails after it went on, on 1 connections/,
    ],
    ['that an accepted trigger is gone', rowsBut({ triggers: [] }), /there are 0 triggers/],
    [
      'that a run does not end',
      rowsBut({ runs: [ADA, BOB].map((email) => ({ email, status: 'active', exit_reason: null })) }),
      /The run of ada@example.com is active/,
    ],
    ['that an email is not counted', rowsBut({ executions: [] }), /has 0 executions/],
    [
      'that one failed which the mail server did not refuse',
      rowsBut({
        outcomes: [ADA, BOB].map((email) => ({
          email,
          step_id: 'first',
          outcome: 'failed',
          reason: 'gave_up',
        })),
      }),
      /its outcome is failed \(gave_up\)/,
    ],
    ['that a guard row is left behind', rowsBut({ openRuns: 1 }), /1 runs are under way/],
  ])('%s', (_what, some, words) => {
    expect(judge(evidence(some)).differences.join('\n')).toMatch(words);
  });
});
