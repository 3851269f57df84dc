import { type FieldProblem, problem } from './errors.ts';
import type { App } from './server.ts';

/**
 * Refuses, before any schema sees it, what no column of PostgreSQL can hold: the character NUL, halves of
 * surrogate pairs (JSON can escape them), and JSON so deep that reading it would exhaust the stack. Each
 * would otherwise be a failure of ours, found at the write.
 */
export function installStorableCheck(app: App): void {
  app.addHook('preValidation', async ({ params, body, query }) => {
    if (isStorable(params, 0) && isStorable(body, 0) && isStorable(query, 0)) return;
    const parts = Object.entries({ params, body, query });
    const problems = parts.flatMap(([part, value]) => problemsIn(value, { root: part, path: '', depth: 0 }));
    throw problem.invalid(problems.slice(0, MOST_PROBLEMS));
  });
}

const MOST_DEPTH = 64;
const MOST_PROBLEMS = 20;

// A look without the places: a thousand recipients (700 kB) take it a millisecond, and five with them.
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isText(value);
  if (!isPlain(value)) return true;
  if (depth === MOST_DEPTH) return false;
  if (Array.isArray(value)) return value.every((entry) => isStorable(entry, depth + 1));
  for (const name in value) {
    if (!isText(name) || !isStorable((value as Record<string, unknown>)[name], depth + 1)) return false;
  }
  return true;
}

/** `root` is what the whole is called, `path` where `value` stands within it. */
function problemsIn(value: unknown, at: { root: string; path: string; depth: number }): FieldProblem[] {
  const { root, path, depth } = at;
  const refused = (message: string) => [{ path: path || root, message }];
  if (typeof value === 'string') return isText(value) ? [] : refused('has characters that are no text');
  if (!isPlain(value)) return [];
  if (depth === MOST_DEPTH) return refused(`is more than ${MOST_DEPTH} levels deep`);
  return Object.entries(value).flatMap(([name, inner]) => {
    if (!isText(name)) return refused('has a name with characters that are no text');
    return problemsIn(inner, { root, path: pathTo(path, name, Array.isArray(value)), depth: depth + 1 });
  });
}

function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

// Lists and plain objects, some with an empty prototype of their own, as parsers make them. A body may also be
// a stream or a buffer: those have longer chains.
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function pathTo(path: string, name: string, inList: boolean): string {
  if (inList) return `${path}[${name}]`;
  return path ? `${path}.${name}` : name;
}
