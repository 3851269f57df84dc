import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { formatMailbox } from '../delivery/render/mailbox.ts';
import { isLoopback } from '../delivery/send/smtp_url.ts';
import { lastSentThrough } from '../delivery/sent_mark.ts';
import type { Output } from './output.ts';

type MailConfig = Pick<Config, 'smtp' | 'mailFrom'>;

/** Says where mail goes, and warns of what would keep it from its readers, or them from us. */
export async function introduceMail(
  { db, url }: { db: Db; url: string },
  config: MailConfig,
  { log, announce }: Pick<Output, 'log' | 'announce'>,
): Promise<void> {
  announce(whereMailGoes(config));
  const warnings = config.smtp ? warningsOf(config, url) : await warningOfCapture(db);
  for (const warning of warnings) log.warn(warning);
}

function whereMailGoes({ smtp, mailFrom }: MailConfig): string {
  if (!smtp) return 'Mail is captured in the Outbox, not sent: set SMTP_URL to send it.';
  return `Mail goes through ${smtp.host}:${smtp.port} as ${formatMailbox(mailFrom)}`;
}

function warningsOf({ mailFrom }: MailConfig, url: string): string[] {
  const warnings: string[] = [];
  if (isLoopback(new URL(url).hostname))
    warnings.push(
      `The unsubscribe links of mails lead to ${url}, which is another machine for each reader. Set PUBLIC_URL to the ` +
        'address under which people reach this server.',
    );
  if (isLoopback(mailFrom.address.replace(/^.*@/, '')))
    warnings.push(
      `Mail is sent as ${formatMailbox(mailFrom)}, which hardly a mail server takes. Set MAIL_FROM to an address of yours, ` +
        'like Shop <hello@example.com>.',
    );
  return warnings;
}

/** A mistyped or forgotten SMTP_URL takes real mail out of its way, for good. */
async function warningOfCapture(db: Db): Promise<string[]> {
  // A database that fails to answer is no reason to end a server that runs.
  const server = await lastSentThrough(db).catch(() => null);
  if (server === null) return [];
  return [
    `This workspace has sent mail by SMTP before (${server}); it is captured now and will not be sent later. Set SMTP_URL ` +
      'to send it.',
  ];
}
