/** Whether `name` is a time zone of the IANA database, such as Europe/Berlin. Mere offsets (+02:00) are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
