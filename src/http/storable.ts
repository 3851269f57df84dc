import { type FieldProblem, problem } from './errors.ts';
import type { App } from './server.ts';

/**
 * Refuses, before any schema sees it, what no column of PostgreSQL can hold: the character NUL, halves of
 * surrogate pairs (JSON can escape them), and JSON so deep that reading it would exhaust the stack. Each
 * would otherwise be a failure of ours, found at the write.
 */
export function installStorableCheck(app: App): void {
  app.addHook('preValidation', async ({ params, body, query }) => {
    const problems = Object.entries({ params, body, query }).flatMap(([part, value]) => [
      ...unstorable(value, part),
    ]);
    if (problems.length > 0) throw problem.invalid(problems.slice(0, MOST_PROBLEMS));
  });
}

const MOST_DEPTH = 64;
const MOST_PROBLEMS = 20;

/** What of `value` cannot be kept. `root` is the path of the whole; `path` is that of `value` within it. */
function* unstorable(value: unknown, root: string, path = '', depth = 0): Generator<FieldProblem> {
  if (typeof value === 'string') {
    if (!isText(value)) yield { path: path || root, message: 'has characters that are no text' };
  } else if (isPlain(value)) {
    if (depth === MOST_DEPTH)
      return yield { path: path || root, message: `is more than ${MOST_DEPTH} levels deep` };
    for (const [name, inner] of Object.entries(value)) {
      if (!isText(name)) yield { path: path || root, message: 'has a name with characters that are no text' };
      else yield* unstorable(inner, root, pathTo(path, name, Array.isArray(value)), depth + 1);
    }
  }
}

function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

// Lists and plain objects, some with an empty prototype of their own, as parsers make them. A body may also be a
// stream or a buffer: those have longer chains.
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function pathTo(path: string, name: string, inList: boolean): string {
  if (inList) return `${path}[${name}]`;
  return path ? `${path}.${name}` : name;
}
