import fc from 'fast-check';
import { getOrMake } from '../../src/lib/get_or_make.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Zones whose clocks are changed in every way there is: at midnight, by half an hour, by two, over a day. */
const CHANGING = [
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'America/Havana',
  'America/Scoresbysund',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
];

/** What clocks in `timeZone` read at `at`: the day as a count since 1970, and the minute in it. */
export function reading(at: number, timeZone: string): { day: number; minute: number } {
  const [month, day, year, hour, minute] = formatOf(timeZone).format(at).match(/\d+/g)?.map(Number) ?? [];
  if (month === undefined || minute === undefined) throw new Error(`Nobody can read a clock in ${timeZone}.`);
  const midnight = Date.UTC(Number(year), month - 1, day);
  return { day: midnight / DAY, minute: Number(hour) * 60 + minute };
}

/** A zone and a minute of the years 2024 to 2028: every other time within two days of a change of its clocks. */
export function aMoment(): fc.Arbitrary<{ at: number; timeZone: string }> {
  const anywhere = fc.record({
    timeZone: fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
    at: fc.integer({ min: BEGIN / MINUTE, max: END / MINUTE }).map((minutes) => minutes * MINUTE),
  });
  const changes = CHANGING.flatMap(changesOf);
  const nearChange = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * 1440, max: 2 * 1440 }))
    .map(([{ at, timeZone }, minutes]) => ({ at: at + minutes * MINUTE, timeZone }));
  return fc.oneof(anywhere, nearChange);
}

const BEGIN = Date.UTC(2024);
const END = Date.UTC(2029);

/** The days, in UTC, in which the clocks of a zone are changed. */
function changesOf(timeZone: string): { at: number; timeZone: string }[] {
  const days = Array.from({ length: (END - BEGIN) / DAY }, (_, i) => BEGIN + i * DAY);
  const ahead = days.map((at) => aheadOf(at, timeZone));
  const changes = days.filter((_, i) => i > 0 && ahead[i] !== ahead[i - 1]);
  // The one whole day that anybody has left out in our time.
  if (timeZone === 'Pacific/Apia') changes.push(Date.UTC(2011, 11, 30));
  return changes.map((at) => ({ at, timeZone }));
}

function aheadOf(at: number, timeZone: string): number {
  const { day, minute } = reading(at, timeZone);
  return day * DAY + minute * MINUTE - at;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const digits = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  return getOrMake(
    formats,
    timeZone,
    () => new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', ...digits }),
  );
}
