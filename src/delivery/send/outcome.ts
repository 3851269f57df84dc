/**
 * What became of one mail. `reply` is the server's own words (or the error's, where there was no reply), for people
 * to read; `enhancedCode` its RFC 3463 code, such as `5.1.1`, where it gave one.
 */
export type SendOutcome =
  | { kind: 'accepted'; outcome: 'accepted'; via: 'smtp'; reply: string }
  | { kind: 'accepted'; outcome: 'captured'; via: 'captured'; reply: string }
  | {
      /** To be sent again later. */
      kind: 'temporary';
      outcome: TemporaryOutcome;
      via: 'smtp';
      reply: string;
      enhancedCode: string | null;
    }
  | {
      /** This mail will not be accepted however often it is sent. */
      kind: 'permanent';
      outcome: PermanentOutcome;
      via: 'smtp';
      reply: string;
      enhancedCode: string | null;
      /** The address itself is the reason: nothing should be sent to this contact any more. */
      isHardBounce: boolean;
    };

export type TemporaryOutcome =
  | 'deferred'
  | 'greylisted'
  | 'rate_limited'
  | 'mailbox_full'
  /** Wrong or missing credentials: every mail waits until the configuration is right, as with the next four. */
  | 'authentication_failed'
  | 'tls_failed'
  /** MAIL_FROM, or what stands behind it, is not as the server wants it: no fault of this mail's or its recipient's. */
  | 'sender_rejected'
  /** The server carries no mail to others for us: likewise. */
  | 'relay_denied'
  /** The server wants no mail from this machine: likewise. */
  | 'client_rejected'
  | 'connection_failed'
  | 'timeout'
  | 'protocol_error'
  /**
   * The connection was lost after the whole message had been handed over and before the server answered. It may or
   * may not have been accepted, and nobody can ask. Sending again risks a duplicate, not sending again risks a loss;
   * so it is sent again, with the same Message-ID, by which most mailboxes show one copy.
   */
  | 'unknown_after_data'
  /** It was not handed over: whoever wanted it sent did not any more when a connection was free. */
  | 'withheld';

export type PermanentOutcome =
  | 'mailbox_unknown'
  | 'mailbox_disabled'
  | 'domain_unknown'
  | 'address_invalid'
  | 'message_too_large'
  | 'content_rejected'
  | 'rejected';

/** How far the SMTP session had come: the command that the answer belongs to. */
export type SmtpStage = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data' | 'message';

/** A mail that was not accepted, as the connection saw it. */
export type SendFailure = {
  stage: SmtpStage;
  /** The server's reply with its codes; undefined where there was none. */
  reply?: string;
  /** Why there was no reply. */
  cause?: SilentCause;
  /** The error's own words, for where there was no reply. */
  message: string;
  /** The whole message, its final dot included, may have reached the server. */
  handedOver: boolean;
};

export type SilentCause =
  | 'closed'
  | 'timeout'
  | 'tls'
  | 'protocol'
  | 'credentials'
  | 'invalid_sender'
  | 'invalid_recipient'
  | 'too_large';

/** What comes of a mail that nobody wants sent any more when its turn comes. */
export const WITHHELD: SendOutcome = {
  kind: 'temporary',
  outcome: 'withheld',
  via: 'smtp',
  reply: 'It was not handed over.',
  enhancedCode: null,
};

/** Names a failure. Pure; the rules are `REPLY_RULES` and `SILENT_OUTCOMES`. */
export function outcomeOf(failure: SendFailure): SendOutcome {
  if (failure.reply === undefined) return silentOutcome(failure);
  const answer = parseReply(failure.reply);
  const rule = REPLY_RULES.find((candidate) => matches(candidate, failure.stage, answer));
  const fallback = answer.code.startsWith('5') ? 'rejected' : 'deferred';
  return named(rule?.outcome ?? fallback, failure.reply, answer.enhancedCode);
}

function silentOutcome({ cause = 'closed', handedOver, message }: SendFailure): SendOutcome {
  return named(handedOver ? 'unknown_after_data' : SILENT_OUTCOMES[cause], message, null);
}

const SILENT_OUTCOMES: Record<SilentCause, TemporaryOutcome | PermanentOutcome> = {
  closed: 'connection_failed',
  timeout: 'timeout',
  tls: 'tls_failed',
  protocol: 'protocol_error',
  credentials: 'authentication_failed',
  invalid_sender: 'sender_rejected',
  invalid_recipient: 'address_invalid',
  too_large: 'message_too_large',
};

type Answer = { code: string; enhancedCode: string | null; text: string };

function parseReply(reply: string): Answer {
  const match = /^(\d{3})[ -]?(?:([245]\.\d{1,3}\.\d{1,3})(?=\s|$))?\s*(.*)$/s.exec(reply.trim());
  const [, code = '', enhancedCode = null, text = reply] = match ?? [];
  return { code, enhancedCode, text };
}

type ReplyRule = {
  outcome: TemporaryOutcome | PermanentOutcome;
  code?: RegExp;
  enhancedCode?: RegExp;
  text?: RegExp;
  stages?: readonly SmtpStage[];
};

const NO_SUCH_USER =
  /(no such|unknown|invalid) (user|mailbox|recipient|account)|(user|mailbox|recipient|account) (unknown|not found|unavailable)|does(n.t| not) (exist|have an? .*account)/i;
// Not in an address or a host's name, and not where Postfix looks for a recipient in its table of those that it relays to.
const NO_RELAY = /(?<![\w<@.])relay(ing|ed)?(?!\w|[.@-]\w|\s+recipient table)/i;
const POLICY = /spam|block|black.?list|policy|reputation|denied|refused|spf|dkim|dmarc/i;

/**
 * From replies to names; the first rule that fits wins, and what fits none is `deferred` (4xx) or `rejected` (5xx).
 * Enhanced codes (RFC 3463, RFC 7372) are exact where servers give them; the bare codes of RFC 5321 mean little
 * without the command that they answer, and some things only the words tell. `^$` asks for no enhanced code.
 *
 * Calling an address bad stops all mail to a person, so the rules that do ask for more than a code.
 */
export const REPLY_RULES: readonly ReplyRule[] = [
  {
    outcome: 'rate_limited',
    code: /^4/,
    text: /too (many|much|fast|quick)|rate.?limit|throttl|unusual rate/i,
  },
  { outcome: 'rate_limited', enhancedCode: /^4\.7\.28$/ },
  { outcome: 'greylisted', code: /^4/, text: /gr[ae]y.?list/i },

  // What is said before any mail is offered is about us and the server, never about one recipient.
  { outcome: 'authentication_failed', stages: ['auth'] },
  { outcome: 'authentication_failed', code: /^(530|534|535|538)$/ },
  { outcome: 'authentication_failed', code: /^5/, text: /authenticat\w* (is )?required/i },
  { outcome: 'connection_failed', stages: ['connect'] },
  // The session is out of step or the server lacks a command: the same mail goes through elsewhere.
  { outcome: 'protocol_error', code: /^(500|502|503|504)$/ },

  // A full mailbox is emptied one day: temporary, even where a server answers 5xx.
  { outcome: 'mailbox_full', enhancedCode: /^[45]\.2\.2$/ },
  { outcome: 'mailbox_full', code: /^552$/, enhancedCode: /^$/, stages: ['rcpt'] },
  { outcome: 'message_too_large', enhancedCode: /^5\.(2\.3|3\.4)$/ },
  { outcome: 'message_too_large', code: /^552$/, enhancedCode: /^$/ },

  // Postfix says what it has against client and sender when it is asked for the recipient.
  { outcome: 'client_rejected', text: /(client host|helo command)\b.*\b(rejected|block)/i },
  { outcome: 'sender_rejected', text: /sender (address rejected|verify failed)/i },
  { outcome: 'sender_rejected', enhancedCode: /^[45]\.(1\.[78]|7\.2[0-7])$/ },
  { outcome: 'sender_rejected', code: /^(501|550|551|553|554)$/, stages: ['mail'] },
  { outcome: 'relay_denied', code: /^5/, text: NO_RELAY, stages: ['rcpt'] },

  { outcome: 'mailbox_unknown', enhancedCode: /^5\.1\.[0146]$/, stages: ['rcpt', 'message'] },
  {
    outcome: 'mailbox_unknown',
    code: /^55[0134]$/,
    enhancedCode: /^$/,
    text: NO_SUCH_USER,
    stages: ['rcpt', 'message'],
  },
  // Exchange Online says so to addresses that its directory does not know.
  {
    outcome: 'mailbox_unknown',
    enhancedCode: /^5\.4\.1$/,
    text: /recipient address rejected/i,
    stages: ['rcpt'],
  },
  { outcome: 'mailbox_disabled', enhancedCode: /^5\.2\.1$/, stages: ['rcpt', 'message'] },
  { outcome: 'domain_unknown', enhancedCode: /^5\.1\.(2|10)$/, stages: ['rcpt', 'message'] },
  { outcome: 'domain_unknown', code: /^556$/, stages: ['rcpt'] },
  { outcome: 'address_invalid', enhancedCode: /^5\.1\.3$/, stages: ['rcpt', 'message'] },
  // A bare 550 to RCPT is the classic "no such user", unless its words say that a policy speaks.
  { outcome: 'rejected', code: /^5/, enhancedCode: /^$/, text: POLICY, stages: ['rcpt'] },
  { outcome: 'mailbox_unknown', code: /^(550|551|553)$/, enhancedCode: /^$/, stages: ['rcpt'] },

  { outcome: 'content_rejected', enhancedCode: /^5\.[67]\./, stages: ['data', 'message'] },
  { outcome: 'content_rejected', code: /^(550|554)$/, enhancedCode: /^$/, stages: ['data', 'message'] },
];

function matches(rule: ReplyRule, stage: SmtpStage, { code, enhancedCode, text }: Answer): boolean {
  return (
    (rule.stages?.includes(stage) ?? true) &&
    (rule.code?.test(code) ?? true) &&
    (rule.enhancedCode?.test(enhancedCode ?? '') ?? true) &&
    (rule.text?.test(text) ?? true)
  );
}

/** Whether a name is final, and whether it condemns the address. A name that is not here is temporary. */
const PERMANENT: Record<PermanentOutcome, { isHardBounce: boolean }> = {
  mailbox_unknown: { isHardBounce: true },
  mailbox_disabled: { isHardBounce: true },
  domain_unknown: { isHardBounce: true },
  address_invalid: { isHardBounce: true },
  message_too_large: { isHardBounce: false },
  content_rejected: { isHardBounce: false },
  rejected: { isHardBounce: false },
};

function named(
  outcome: TemporaryOutcome | PermanentOutcome,
  reply: string,
  enhancedCode: string | null,
): SendOutcome {
  if (isPermanent(outcome)) {
    return { kind: 'permanent', outcome, via: 'smtp', reply, enhancedCode, ...PERMANENT[outcome] };
  }
  return { kind: 'temporary', outcome, via: 'smtp', reply, enhancedCode };
}

function isPermanent(outcome: TemporaryOutcome | PermanentOutcome): outcome is PermanentOutcome {
  return outcome in PERMANENT;
}
