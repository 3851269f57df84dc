import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { ROW_VALUES } from '../http/request_log.ts';

/** Where a server says what goes on: its log, and lines for whoever started it, such as its address. */
export type Output = { log: Logger; announce: (line: string) => void };

/**
 * Opens a server's output: one form for all of it, on standard output, which is lines to read on a terminal and JSON
 * elsewhere. Announcements stand in the log like anything else, but are made at whatever LOG_LEVEL, except `silent`: the
 * link for the setup is no use in a log that leaves it out.
 */
export async function openOutput({ logLevel }: Pick<Config, 'logLevel'>): Promise<Output> {
  // PostgreSQL puts the row that it refused into its errors, addresses and all.
  const redact = { paths: [...ROW_VALUES], remove: true };
  const lines = process.stdout.isTTY ? await readableLines() : pino.destination(1);
  const log = pino({ level: logLevel, redact }, lines);
  const announcements = log.child({}, { level: logLevel === 'silent' ? 'silent' : 'info' });
  return { log, announce: (line) => announcements.info(line) };
}

// In this thread: from another one, lines would come after what is written to the terminal beside them.
async function readableLines(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({ translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname', sync: true });
}
