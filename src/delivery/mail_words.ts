import type { SendProblem } from './send/transport.ts';

/** How mail leaves, as sentences name it: `mail.example.com:587`, `Shop <hello@example.com>`. */
export type MailWay = { server: string; from: string };

/** What is wrong, in the server's words too, and what to do about it: one line. `waiting` 0 is left out. */
export function inWords({ outcome, reply }: SendProblem, way: MailWay, waiting: number): string {
  const { problem, remedy } = WORDS[outcome] ?? OTHER;
  const said = reply.replace(/\s+/g, ' ').trim();
  const line = `Mail is not getting out: ${way.server} ${problemOf(problem, reply, way)} (${outcome}: ${said}). ${remedy}`;
  return waiting > 0 ? `${line} ${emails(waiting)} for the next try.` : line;
}

/** That mail gets out again, `lastedMs` milliseconds after it no longer did. */
export function backAgain(lastedMs: number, waiting: number): string {
  const rest = waiting > 0 ? ` ${emails(waiting)} for the next try.` : '';
  return `Mail gets out again, after ${duration(lastedMs)}.${rest}`;
}

type Words = { problem: string; remedy: string };

const WORDS: Partial<Record<SendProblem['outcome'], Words>> = {
  authentication_failed: {
    problem: 'refuses the user name or password',
    remedy: 'Check both in SMTP_URL: special characters stand there percent-encoded, as %40 for @.',
  },
  tls_failed: {
    problem: 'offers no TLS that could be trusted',
    remedy:
      'SMTP_URL must name the host as the certificate does (or have it in ?servername=), say smtps:// where TLS is from the first byte on, ?ca= where an authority of your own has signed, and ?ignoreTLS=true where there is no TLS.',
  },
  connection_failed: {
    problem: 'cannot be reached',
    remedy: 'Check the host and port in SMTP_URL, and that no firewall stands in between.',
  },
  timeout: {
    problem: 'does not answer in time',
    remedy:
      'Check the host and port in SMTP_URL, smtps:// for 465 and smtp:// for others, and that no firewall stands in between.',
  },
  protocol_error: {
    problem: 'answers otherwise than a mail server',
    remedy: 'Check the port in SMTP_URL, smtps:// for 465 and smtp:// for others.',
  },
  rate_limited: {
    problem: 'takes no more mail for now',
    remedy: 'Mail is tried again by itself; ask for a higher limit if this goes on.',
  },
  sender_rejected: {
    problem: 'refuses the sender',
    remedy:
      'Set MAIL_FROM to an address that it lets this user send from. Mail waits for that, for two days.',
  },
  relay_denied: {
    problem: 'takes no mail for others from us',
    remedy: 'Sign in with a user and password in SMTP_URL. Mail waits for that, for two days.',
  },
  client_rejected: {
    problem: 'wants no mail from this machine',
    remedy:
      "Have it allow this machine's address, or take it off the block list that it names. Mail waits for that, for two days.",
  },
};

const OTHER: Words = { problem: 'takes no mail', remedy: 'Its own words may say why.' };

function problemOf(problem: string, reply: string, { from }: MailWay): string {
  if (/ECONNREFUSED/.test(reply)) return 'cannot be reached: nobody listens there';
  if (/ENOTFOUND|EAI_AGAIN/.test(reply)) return 'cannot be reached: its host name is not found';
  return problem === WORDS.sender_rejected?.problem ? `${problem} ${from}` : problem;
}

function emails(n: number): string {
  return n === 1 ? '1 email waits' : `${n.toLocaleString('en')} emails wait`;
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
