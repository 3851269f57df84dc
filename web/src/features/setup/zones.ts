export type Zone = { value: string; label: string };

/** All zones that the browser knows, by name, with their present distance from UTC: "Europe/Paris (GMT+2)". */
export function zones(now: Date, also: readonly string[] = []): Zone[] {
  const names = new Set(['UTC', ...also, ...Intl.supportedValuesOf('timeZone')]);
  return [...names].sort().map((value) => ({ value, label: labelOf(value, now) }));
}

export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function labelOf(value: string, now: Date): string {
  const name = value.replaceAll('_', ' ');
  const offset = offsetOf(value, now);
  return offset && value !== 'UTC' ? `${name} (${offset})` : name;
}

// The server's suggestion may be a name that this browser does not know.
function offsetOf(timeZone: string, now: Date): string | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(now);
    return parts.find(({ type }) => type === 'timeZoneName')?.value;
  } catch {
    return undefined;
  }
}
