/** What a mail server's outcome means for all mail; one that is not here is told by its name. */
const mailProblems: Record<string, string> = {
  authentication_failed: 'The mail server refuses the user name or password.',
  tls_failed: 'The mail server offers no TLS that could be trusted.',
  connection_failed: 'The mail server cannot be reached.',
  timeout: 'The mail server does not answer in time.',
  protocol_error: 'What answers does not speak as a mail server does.',
  rate_limited: 'The mail server takes no more mail for now.',
  sender_rejected: 'The mail server refuses the sender.',
  relay_denied: 'The mail server takes no mail for others from us.',
  client_rejected: 'The mail server wants no mail from this machine.',
  results_waiting: 'What came of mails cannot be written to the database, so no more are sent.',
  no_worker: 'No worker is running.',
};

export const strings = {
  product: 'Sequitur',
  skip: 'Skip to the content',
  navigation: 'Main',
  sequences: 'Sequences',
  outbox: 'Outbox',
  apiReference: 'API reference',
  captured: 'Mail is captured, not sent.',
  capturedHint: 'Everything that would leave is kept in the Outbox for 30 days.',
  openOutbox: 'Open the Outbox',
  toSend: (setting: string) => `To send for real, set ${setting} and restart.`,
  mailTrouble: 'Mail is not getting out',
  notGettingOut: (since: string) => `Mail is not getting out since ${since}.`,
  mailProblem: (outcome: string) =>
    mailProblems[outcome] ?? `The mail server takes no mail (${outcome.replaceAll('_', ' ')}).`,
  mailReply: (reply: string) => `“${reply.length > 200 ? `${reply.slice(0, 200)}…` : reply}”`,
  demoNeverSends: 'This is the demo: it never sends.',
  live: {
    connecting: { label: 'Connecting', hint: 'Opening the live connection.' },
    live: { label: 'Live', hint: 'Counts change here as they happen.' },
    reconnecting: {
      label: 'Reconnecting',
      hint: 'The server is not answering. Counts stay as they are, and catch up as soon as it is back.',
    },
    offline: {
      label: 'Offline',
      hint: 'This computer has no network. Counts stay as they are, and catch up as soon as it is back.',
    },
  },
  missingTitle: 'There is no page here',
  missing: 'The address may be mistyped, or the page has moved.',
  toSequences: 'Go to your sequences',
  brokenTitle: 'This page broke',
  broken: 'That is a fault of ours. Loading the page again usually helps.',
  reload: 'Load again',
};
