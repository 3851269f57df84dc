/** What a filter compares with. */
export type FilterValue = string | number | boolean | null;

/**
 * One condition: on the properties of an event that may start a sequence, or on a person and a trigger whose step may
 * be skipped. `property` is a path: `order.total` is `total` within `order`.
 */
export type Filter = { property: string; operator: Operator; value?: FilterValue | undefined };

/** The most filters in one place, and the longest path and value, in characters. */
export const FILTER_LIMITS = { filters: 20, property: 256, value: 1_000 };

export type Operator =
  | 'equals'
  | 'not_equals'
  | 'contains'
  | 'greater_than'
  | 'less_than'
  | 'exists'
  | 'not_exists';

/** What an operator means, and which values it takes: any, only numbers (also as text), or none. */
type Meaning = {
  takes: 'any' | 'text' | 'number' | 'nothing';
  description: string;
  holds: (actual: unknown, value: FilterValue) => boolean;
};

/**
 * All operators. Numbers and their texts are the same (events come from forms, filters from text fields):
 * 42 equals "42". A property that is missing equals nothing, is greater and less than nothing, and contains
 * nothing.
 */
export const OPERATORS: Readonly<Record<Operator, Meaning>> = {
  equals: { takes: 'any', description: 'is the value', holds: same },
  not_equals: {
    takes: 'any',
    description: 'is not the value, or is missing',
    holds: (actual, value) => !same(actual, value),
  },
  contains: {
    takes: 'text',
    description: 'is a text with the value in it, or a list with the value as an entry',
    holds: contains,
  },
  greater_than: {
    takes: 'number',
    description: 'is a number above the value',
    holds: (actual, value) => numberOf(actual) > numberOf(value),
  },
  less_than: {
    takes: 'number',
    description: 'is a number below the value',
    holds: (actual, value) => numberOf(actual) < numberOf(value),
  },
  exists: { takes: 'nothing', description: 'is there, and not null', holds: (actual) => isThere(actual) },
  not_exists: { takes: 'nothing', description: 'is missing, or null', holds: (actual) => !isThere(actual) },
};

/** Whether what has these properties meets every filter; without filters everything does. */
export function matches(filters: readonly Filter[], properties: Record<string, unknown>): boolean {
  return filters.every(({ property, operator, value = null }) =>
    OPERATORS[operator].holds(read(properties, property), value),
  );
}

/** Why a filter's value does not suit its operator, to be read after the field's name; null where it does. */
export function valueProblem({ operator, value }: Filter): string | null {
  const { takes } = OPERATORS[operator];
  if (takes === 'nothing') return value === undefined ? null : `must be left out with ${operator}`;
  if (value === undefined) return 'is required';
  if (takes === 'number' && Number.isNaN(numberOf(value))) return `must be a number with ${operator}`;
  if (takes === 'text' && (value === null || value === '')) return `must not be empty with ${operator}`;
  return null;
}

function same(actual: unknown, value: FilterValue): boolean {
  if (actual === value) return true;
  const bothGiven = isThere(value) && ['string', 'number', 'boolean'].includes(typeof actual);
  return bothGiven && String(actual) === String(value);
}

function contains(actual: unknown, value: FilterValue): boolean {
  if (Array.isArray(actual)) return actual.some((entry) => same(entry, value));
  return typeof actual === 'string' && isThere(value) && actual.includes(String(value));
}

// NaN for everything that is no number: no comparison with it holds.
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

// Own properties only: nobody was given a property `constructor`.
function read(properties: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return (value as Record<string, unknown>)[name];
  }, properties);
}
