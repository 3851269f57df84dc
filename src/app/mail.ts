import type { Registry } from 'prom-client';
import type { Db } from '../db/database.ts';
import { MailHealth } from '../delivery/mail_health.ts';
import { formatMailbox } from '../delivery/render/mailbox.ts';
import { captureTransport } from '../delivery/send/capture_transport.ts';
import { smtpTransport } from '../delivery/send/smtp_transport.ts';
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
  const { smtp, mailFrom } = config;
  const server = smtp && { ...smtp, name: smtp.name ?? ehloName(publicUrl) };
  const way = smtp && { server: `${smtp.host}:${smtp.port}`, from: formatMailbox(mailFrom) };
  return new MailHealth(countSends(server ? smtpTransport(server) : captureTransport(), metrics), {
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
