import { isReadable } from '../lib/wall_clock.ts';

/** Whether `name` is a time zone of the IANA database, such as Europe/Berlin. Mere offsets (+02:00) are none. */
export function isTimeZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && isReadable(name);
}
