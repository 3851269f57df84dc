import { STATUS_CODES } from 'node:http';
import type { OpenAPIV3_1 } from 'openapi-types';

/**
 * Takes out of a generated description what misleads its readers: schemas that no route uses (each is
 * emitted as an input and as an output), patterns and bounds that only repeat a format, the promise that an
 * answer will never have another field, and the name "Default Response".
 */
export function tidy(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const named = visit(document, '', false) as OpenAPIV3_1.Document;
  return { ...named, components: { ...named.components, schemas: usedSchemas(named) } };
}

// `key` is what `node` is found under; `answer` is true below whatever the server sends.
function visit(node: unknown, key: string, answer: boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => visit(item, key, answer));
  if (typeof node !== 'object' || node === null) return node;
  // Below `properties` stand a schema's own names, which may be any word.
  const named = key === 'properties';
  const kept = Object.entries(node).filter(([name, value]) => named || !isNoise(name, value, node, answer));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      if (value === 'Default Response') return [name, STATUS_CODES[key] ?? 'Done'];
      return [name, visit(value, name, answer || (!named && isAnswer(name, key)))];
    }),
  );
}

function isNoise(name: string, value: unknown, schema: object, answer: boolean): boolean {
  if (name === 'pattern') return 'format' in schema;
  if (name === 'additionalProperties') return value === false && answer;
  return value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;
}

function isAnswer(name: string, parent: string): boolean {
  return name === 'responses' || (parent === 'schemas' && !name.endsWith('Input'));
}

function usedSchemas({ paths, components }: OpenAPIV3_1.Document): Record<string, OpenAPIV3_1.SchemaObject> {
  const all = components?.schemas ?? {};
  const used = new Set<string>();
  const follow = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(all[name] ?? {});
    }
  };
  follow(paths ?? {});
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}
