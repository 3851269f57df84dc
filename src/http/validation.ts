import type { FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import type { FieldProblem } from './errors.ts';

/** Checks one part of a request against its zod schema. A body that was not sent counts as undefined. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data) => {
    const { success, data: value, error } = schema.safeParse(data ?? undefined, { error: readable });
    return success ? { value } : { error };
  };

/**
 * Every field's problem of a request that failed its schemas, in the order path, body, query, headers.
 * Fastify stops at the first part that fails; the parts after it are looked at here, so that a caller
 * mends everything in one go. Parts before it passed, and hold parsed values that must not be parsed again.
 */
export function fieldProblems(error: unknown, request: FastifyRequest): FieldProblem[] {
  const { validationContext } = error as { validationContext?: string };
  const failed = parts.findIndex(({ context }) => context === validationContext);
  return parts.slice(failed).flatMap(({ context, read }) => {
    const schema: unknown = request.routeOptions.schema?.[context];
    if (!(schema instanceof z.ZodType)) return [];
    const result = schema.safeParse(read(request), { error: readable, reportInput: true });
    if (result.success) return [];
    return result.error.issues.flatMap((issue) =>
      context === 'querystring' && isRepeated(issue, request.query)
        ? [{ path: String(issue.path[0]), message: 'may be given only once' }]
        : toFieldProblems(issue, context),
    );
  });
}

/** The problems of `error` as fields; `root` is the path of the whole value. */
export function problemsOf(error: z.ZodError, root: string): FieldProblem[] {
  return error.issues.flatMap((issue) => toFieldProblems(issue, root));
}

/**
 * A message that reads on from the field's path ("is required"), for parsing by hand with
 * `schema.safeParse(value, { error: readable })`. A schema's own message wins; values are never repeated.
 */
export const readable: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'invalid_format':
      return formats[issue.format] ?? 'does not have the right form';
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : `must be ${oneOf(issue.values)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return unknownName(issue);
    case 'invalid_key':
      return `has a name that ${issue.issues[0]?.message ?? 'is not valid'}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is required' : noneOf(issue);
    default:
      return 'is not valid';
  }
};

type Part = {
  context: 'params' | 'body' | 'querystring' | 'headers';
  read: (request: FastifyRequest) => unknown;
};

const parts: Part[] = [
  { context: 'params', read: (request) => request.params },
  { context: 'body', read: (request) => request.body },
  { context: 'querystring', read: (request) => request.query },
  { context: 'headers', read: (request) => request.headers },
];

function toFieldProblems(issue: z.core.$ZodIssue, root: string, above: PropertyKey[] = []): FieldProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_key')
    return [{ path: fieldPath(path.slice(0, -1), root), message: issue.message }];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: fieldPath([...path, key], root), message: issue.message }));
  if (issue.code === 'invalid_union') {
    const nearest = nearestForm(issue.errors);
    if (nearest) return nearest.flatMap((inner) => toFieldProblems(orOthers(inner, issue), root, path));
  }
  return [{ path: fieldPath(path, root), message: issue.message }];
}

// A parameter that is given twice comes as a list, and is no less a number for that.
function isRepeated({ path, code }: z.core.$ZodIssue, query: unknown): boolean {
  const value = (query as Record<PropertyKey, unknown>)[path[0] ?? ''];
  return path.length === 1 && Array.isArray(value) && (code === 'invalid_type' || code === 'invalid_value');
}

// Of the forms that a union allows, the one that the caller most likely meant: it has the right type at
// the top, has the fewest fields there that it lacks or does not know, and then the fewest problems.
function nearestForm(forms: z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const shaped = forms.filter(
    (issues) => !issues.some(({ path, code }) => path.length === 0 && code === 'invalid_type'),
  );
  return shaped.sort((a, b) => misfit(a) - misfit(b) || a.length - b.length)[0];
}

function misfit(issues: z.core.$ZodIssue[]): number {
  return issues.filter(isMissing).length + unknownNames(issues).length;
}

function isMissing({ path, code, input }: z.core.$ZodIssue): boolean {
  return path.length === 1 && input === undefined && code !== 'unrecognized_keys';
}

// Who sends nothing of a form may have meant another one: a list of such objects, say.
function orOthers(issue: z.core.$ZodIssue, union: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue {
  const form = union.errors.find((issues) => issues.includes(issue)) ?? [];
  if (!isMissing(issue) || !isStrange(union.input, form)) return issue;
  const others = union.errors
    .filter((issues) => issues !== form)
    .flatMap((issues) => issues.filter(isMissing));
  const names = others.map(({ path }) => String(path[0]));
  return names.length > 0 ? { ...issue, message: `${issue.message}, or else ${names.join(' and ')}` } : issue;
}

/** Whether a value has no field that the form with these problems knows. */
function isStrange(value: unknown, form: z.core.$ZodIssue[]): boolean {
  const unknown = unknownNames(form);
  return Object.keys(value ?? {}).every((name) => unknown.includes(name));
}

/** The fields at the top that the form with these problems does not know. */
function unknownNames(form: z.core.$ZodIssue[]): string[] {
  return form.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
}

// recipients[3].recipient_email
function fieldPath(path: PropertyKey[], root: string): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || root;
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  date: 'a date',
  null: 'null',
  never: 'left out',
};

const formats: Record<string, string> = {
  email: 'is not an email address',
  uuid: 'is not a UUID',
  url: 'is not a URL',
  date: 'is not a date that exists (YYYY-MM-DD)',
  datetime: 'is not a date and time that exists (RFC 3339, such as 2026-03-01T09:30:00Z)',
  time: 'is not a time (HH:MM)',
  ipv4: 'is not an IPv4 address',
  ipv6: 'is not an IPv6 address',
  json_string: 'is not JSON',
};

// What there is stands beside what there is not: `range` is soon found to be `time_range`.
function unknownName({ inst }: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>): string {
  const known = inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
  return known.length > 0 ? `is not known here (known are ${known.join(', ')})` : 'is not known here';
}

function noneOf({ errors }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const types = errors.map(([issue]) => (issue?.code === 'invalid_type' ? issue.expected : null));
  if (types.includes(null)) return 'has none of the forms that are allowed here';
  const names = new Set(types.map((type) => typeNames[String(type)] ?? String(type)));
  return `must be ${new Intl.ListFormat('en', { type: 'disjunction' }).format(names)}`;
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  if (minimum === 1 && inclusive && (origin === 'string' || origin === 'array')) return 'must not be empty';
  return limit(origin, inclusive ? 'at least' : 'more than', minimum);
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>): string {
  return limit(origin, inclusive ? 'at most' : 'less than', maximum);
}

function limit(origin: string, bound: string, value: number | bigint): string {
  if (origin === 'string') return `must have ${bound} ${value} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return `must have ${bound} ${value} entries`;
  if (origin === 'date') return `must be ${bound} ${new Date(Number(value)).toISOString()}`;
  return `must be ${bound} ${value}`;
}

function oneOf(values: readonly unknown[]): string {
  const names = values.map(String);
  return names.length === 1 ? `${names[0]}` : `one of ${names.join(', ')}`;
}
