import type { Registry } from 'prom-client';
import type { Db } from '../db/database.ts';
import { MailHealth } from '../delivery/mail_health.ts';
import { formatMailbox } from '../delivery/render/mailbox.ts';
import { captureTransport } from '../delivery/send/capture_transport.ts';
import { dkimSigner } from '../delivery/send/dkim.ts';
import { SMTP_DEFAULTS, smtpTransport } from '../delivery/send/smtp_transport.ts';
import { ehloName } from '../delivery/send/smtp_url.ts';
import { markSent } from '../delivery/sent_mark.ts';
import { countWaiting } from '../delivery/waiting.sql.ts';
import { countSends } from '../metrics.ts';
import type { ComposeOptions } from './parts.ts';

type Given = {
  db: Db;
  now: () => Date;
  metrics: Registry;
  trouble: (doing: string) => (err: unknown) => void;
};

/** The way out for mail, counted and watched. */
export function openMail(
  { db, now, metrics, trouble }: Given,
  { config, publicUrl, log }: ComposeOptions,
): MailHealth {
  const { smtp, mailFrom, dkim } = config;
  const server = smtp && { ...smtp, name: smtp.name ?? ehloName(publicUrl) };
  const way = smtp && { server: `${smtp.host}:${smtp.port}`, from: formatMailbox(mailFrom) };
  const options = dkim ? { ...SMTP_DEFAULTS, sign: dkimSigner(dkim) } : SMTP_DEFAULTS;
  const transport = server ? smtpTransport(server, options) : captureTransport();
  return new MailHealth(countSends(transport, metrics), {
    way,
    now,
    waiting: () => countWaiting(db),
    onFirstSent: async () => {
      if (way) await markSent(db, way.server);
    },
    say: { warn: (line) => log.warn(line), info: (line) => log.info(line) },
    onTrouble: trouble('checking the mail server'),
  });
}
