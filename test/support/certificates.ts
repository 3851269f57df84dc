import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './program.ts';

const run = promisify(execFile);
const PROGRAM = findProgram('openssl');

/** Why no certificates can be made here; undefined where they can. For `skip(noOpenssl !== undefined, …)`. */
export const noOpenssl = PROGRAM ? undefined : 'no openssl is installed (Debian: apt-get install openssl)';

/** An authority of a test's own, and a server's certificate that it has signed, as PEM files in `folder`. */
export type Certificates = { folder: string; ca: string; key: string; cert: string } & AsyncDisposable;

/** Makes them, the server's for these names: `DNS:mail.example.com`, `IP:127.0.0.1`. Remove them with `await using`. */
export async function makeCertificates(...names: string[]): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  const file = (name: string) => join(folder, name);
  const authority = { key: file('ca.key'), cert: file('ca.pem') };
  const server = { key: file('server.key'), cert: file('server.pem') };
  await makeOne(authority, '/CN=An authority of a test', ['basicConstraints=critical,CA:TRUE']);
  const signed = ['-CA', authority.cert, '-CAkey', authority.key];
  await makeOne(
    server,
    '/CN=A server of a test',
    [`subjectAltName=${names.join(',')}`, 'basicConstraints=critical,CA:FALSE'],
    signed,
  );
  return {
    folder,
    ca: authority.cert,
    ...server,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What `smtp-server` takes to be a server with them. */
export async function keyPairOf({ key, cert }: Certificates): Promise<{ key: string; cert: string }> {
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

async function makeOne(
  { key, cert }: { key: string; cert: string },
  subject: string,
  extensions: string[],
  signed: string[] = [],
): Promise<void> {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const files = ['-keyout', key, '-out', cert];
  await run(PROGRAM ?? 'openssl', ['req', '-x509', ...kind, '-subj', subject, ...added, ...signed, ...files]);
}
