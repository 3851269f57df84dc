/**
 * What the README's commands use of curl, for machines that have none: `-s`, `-o <file>`, `-d` (form or JSON),
 * `-H` and a URL. Any other option is refused, so that it cannot pass unnoticed.
 */
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: { type: 'boolean', short: 's' },
    output: { type: 'string', short: 'o' },
    data: { type: 'string', short: 'd', multiple: true },
    header: { type: 'string', short: 'H', multiple: true },
  },
});
const headers = new Headers(values.header?.map((line) => line.split(/:\s*/, 2) as [string, string]));
if (values.data && !headers.has('content-type')) {
  headers.set('content-type', 'application/x-www-form-urlencoded');
}
const answer = await fetch(positionals[0] ?? '', {
  headers,
  ...(values.data ? { method: 'POST', body: values.data.join('&') } : {}),
});
const text = await answer.text();
if (values.output === undefined) process.stdout.write(text);
