import { expect, test } from 'vitest';
import {
  outcomeOf,
  type SendFailure,
  type SilentCause,
  type SmtpStage,
} from '../../src/delivery/send/outcome.ts';

const replies: Array<[SmtpStage, string, string]> = [
  // Gmail, Exchange Online, Postfix, Yahoo and the bare codes of RFC 5321, in their servers' own words.
  [
    'rcpt',
    '550-5.1.1 The email account that you tried to reach does not exist.\n550 5.1.1 Try',
    'mailbox_unknown',
  ],
  ['rcpt', '550 5.4.1 Recipient address rejected: Access denied.', 'mailbox_unknown'],
  ['rcpt', '550 5.1.1 <x@example.com>: Recipient address rejected: User unknown', 'mailbox_unknown'],
  ['message', "554 delivery error: This user doesn't have a example.com account", 'mailbox_unknown'],
  ['rcpt', '550 mailbox unavailable', 'mailbox_unknown'],
  ['rcpt', '550 5.2.1 The email account that you tried to reach is disabled.', 'mailbox_disabled'],
  ['rcpt', '550 5.1.2 Bad destination host', 'domain_unknown'],
  ['rcpt', '556 5.1.10 Recipient address has null MX', 'domain_unknown'],
  ['rcpt', '501 5.1.3 Bad recipient address syntax', 'address_invalid'],
  ['rcpt', '452 4.2.2 The email account is over quota', 'mailbox_full'],
  ['rcpt', '552 5.2.2 Mailbox full', 'mailbox_full'],
  ['rcpt', '552 Requested mail action aborted: exceeded storage allocation', 'mailbox_full'],
  ['rcpt', '452 4.3.1 Insufficient system storage', 'deferred'],
  ['rcpt', '450 4.2.0 Greylisted, see https://example.com', 'greylisted'],
  ['rcpt', '451 Graylisting in action', 'greylisted'],
  ['message', '421-4.7.28 Our system has detected an unusual rate of unsolicited mail', 'rate_limited'],
  ['rcpt', '450 4.2.1 The user is receiving mail too quickly', 'rate_limited'],
  ['connect', '421 4.7.0 Too many connections from your address', 'rate_limited'],
  ['connect', '554 No SMTP service here', 'connection_failed'],
  ['auth', '535 5.7.8 Username and password not accepted', 'authentication_failed'],
  ['auth', '454 4.7.0 Temporary authentication failure', 'authentication_failed'],
  ['mail', '530 5.7.0 Must issue a STARTTLS command first', 'authentication_failed'],
  ['rcpt', '550 5.7.1 Client authentication required', 'authentication_failed'],
  ['rcpt', '554 5.7.1 <x@example.com>: Relay access denied', 'relay_denied'],
  ['rcpt', '550 relaying not permitted', 'relay_denied'],
  ['rcpt', '550 5.7.54 Unable to relay recipient in non-accepted domain', 'relay_denied'],
  ['rcpt', '550 We do not relay.', 'relay_denied'],
  [
    'rcpt',
    '550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in relay recipient table',
    'mailbox_unknown',
  ],
  ['rcpt', '550 <relay@example.com>: User unknown', 'mailbox_unknown'],
  ['rcpt', '550 5.1.1 x@relay.example.com: no such user at mx-relay.example.com', 'mailbox_unknown'],
  ['mail', '553 5.7.1 Sender address rejected: not owned by user', 'sender_rejected'],
  ['mail', '550 5.1.8 Sender domain does not exist', 'sender_rejected'],
  ['message', '550 5.7.26 This mail is unauthenticated (SPF, DKIM)', 'sender_rejected'],
  ['rcpt', '550 blocked by our policy', 'rejected'],
  ['rcpt', '550 5.7.1 Service unavailable; client host is on a block list', 'client_rejected'],
  ['rcpt', '554 5.7.1 <mx[192.0.2.7]>: Client host rejected: Access denied', 'client_rejected'],
  ['rcpt', '504 5.5.2 <shop>: Helo command rejected: need fully-qualified hostname', 'protocol_error'],
  ['rcpt', '553 5.7.1 <x@example.com>: Sender address rejected: not owned by user shop', 'sender_rejected'],
  ['rcpt', '450 4.1.8 <x@example.com>: Sender address rejected: Domain not found', 'sender_rejected'],
  ['mail', '552 5.3.4 Message size exceeds fixed limit', 'message_too_large'],
  ['message', '552 Message too large', 'message_too_large'],
  ['message', '554 5.7.1 Message contains a virus', 'content_rejected'],
  ['message', '550 5.6.0 Malformed headers', 'content_rejected'],
  ['message', '554 Transaction failed', 'content_rejected'],
  ['data', '503 5.5.1 Bad sequence of commands', 'protocol_error'],
  ['message', '451 4.3.0 Temporary lookup failure', 'deferred'],
  ['message', '421 4.3.2 Service shutting down', 'deferred'],
  ['rcpt', '599 Something of our own', 'rejected'],
];

test.each(replies)('a reply to %s, "%s", is %s', (stage, reply, outcome) => {
  expect(outcomeOf(failure({ stage, reply }))).toMatchObject({ outcome, reply });
});

test('what is final agrees with the class of the reply, but for what is no verdict on this mail', () => {
  const overruled = [
    'mailbox_full',
    'authentication_failed',
    'connection_failed',
    'protocol_error',
    'sender_rejected',
    'relay_denied',
    'client_rejected',
  ];
  for (const [stage, reply] of replies) {
    const { kind, outcome } = outcomeOf(failure({ stage, reply }));
    if (overruled.includes(outcome)) expect(kind).toBe('temporary');
    else expect([reply, kind]).toEqual([reply, reply.startsWith('5') ? 'permanent' : 'temporary']);
  }
});

test('only a bad address condemns the address', () => {
  const condemning = replies
    .map(([stage, reply]) => outcomeOf(failure({ stage, reply })))
    .filter((outcome) => outcome.kind === 'permanent' && outcome.isHardBounce);
  expect([...new Set(condemning.map(({ outcome }) => outcome))].sort()).toEqual([
    'address_invalid',
    'domain_unknown',
    'mailbox_disabled',
    'mailbox_unknown',
  ]);
});

test('the enhanced status code is kept where the server gave one', () => {
  expect(outcomeOf(failure({ stage: 'rcpt', reply: '550 5.1.1 no' }))).toMatchObject({
    enhancedCode: '5.1.1',
  });
  expect(outcomeOf(failure({ stage: 'rcpt', reply: '550 no' }))).toMatchObject({ enhancedCode: null });
});

const silences: Array<[SilentCause, string, string]> = [
  ['closed', 'connection_failed', 'temporary'],
  ['timeout', 'timeout', 'temporary'],
  ['tls', 'tls_failed', 'temporary'],
  ['protocol', 'protocol_error', 'temporary'],
  ['credentials', 'authentication_failed', 'temporary'],
  ['invalid_sender', 'sender_rejected', 'temporary'],
  ['invalid_recipient', 'address_invalid', 'permanent'],
  ['too_large', 'message_too_large', 'permanent'],
];

test.each(silences)('no reply because of %s is %s, %s', (cause, outcome, kind) => {
  expect(outcomeOf(failure({ cause }))).toMatchObject({
    outcome,
    kind,
    reply: 'it broke',
    enhancedCode: null,
  });
});

test('no reply after the message was handed over is unknown, whatever broke', () => {
  for (const cause of ['closed', 'timeout'] as const) {
    expect(outcomeOf(failure({ stage: 'message', cause, handedOver: true }))).toMatchObject({
      outcome: 'unknown_after_data',
      kind: 'temporary',
    });
  }
});

function failure(given: Partial<SendFailure>): SendFailure {
  return { stage: 'message', message: 'it broke', handedOver: false, ...given };
}
