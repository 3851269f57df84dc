import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseSmtpUrl, type SmtpServer } from '../../src/delivery/send/smtp_url.ts';
import type { Certificates } from './certificates.ts';
import { findProgram } from './program.ts';

const run = promisify(execFile);
const MASTER = '/usr/lib/postfix/sbin/master';

/** Why tests of Postfix cannot run here; undefined where they can. For `skip(noPostfix !== undefined, …)`. */
export const noPostfix = whyNot();

function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return "Postfix's master has to be root";
  if (findProgram('postfix') || process.env.CI) return undefined;
  return 'no postfix is installed (Debian: apt-get install postfix)';
}

/** Postfix keeps its queue in these, and lets nobody else in. */
const QUEUES = 'incoming active deferred defer bounce flush hold corrupt saved trace private'.split(' ');
const SERVICES = `
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;

/**
 * A real Postfix of a test's own, on a free port of the loopback, from which nothing leaves the machine. It delivers all
 * mail for example.com into one mailbox, but knows nobody there whose name begins with `gone`, takes no mail of the sender
 * refused@example.com, none for other domains and none above 60,000 bytes. It offers STARTTLS with the certificate given.
 * Close it with `await using`.
 */
export class Postfix implements AsyncDisposable {
  readonly #dir: string;
  readonly #port: number;
  readonly #process: ChildProcess;

  static async start(certificates: Certificates): Promise<Postfix> {
    const dir = await mkdtemp(join(tmpdir(), 'postfix-'));
    const port = await freePort();
    // Its programs run as an account of its own.
    await chmod(dir, 0o755);
    await makeFolders(dir);
    await writeFile(join(dir, 'config/main.cf'), await settings(dir, certificates));
    await writeFile(join(dir, 'config/master.cf'), `127.0.0.1:${port} inet n - n - - smtpd${SERVICES}`);
    await writeFile(join(dir, 'config/mailboxes'), '!/^gone/ everybody/\n');
    await writeFile(join(dir, 'config/senders'), '/^refused@/ REJECT\n');
    const started = spawn(MASTER, ['-c', join(dir, 'config'), '-d'], { stdio: 'ignore' });
    const postfix = new Postfix(dir, port, started);
    await postfix.#isListening();
    return postfix;
  }

  private constructor(dir: string, port: number, started: ChildProcess) {
    this.#dir = dir;
    this.#port = port;
    this.#process = started;
  }

  /** The server for a transport, with what follows the host and port in its URL. */
  server(parameters = ''): SmtpServer {
    const parsed = parseSmtpUrl(`smtp://127.0.0.1:${this.#port}${parameters}`);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.server;
  }

  /** What was delivered to an address, as it lies in the mailbox with CRLF at the ends of lines; undefined if nothing yet. */
  async mailTo(address: string): Promise<Buffer | undefined> {
    for (const raw of await this.#mails()) {
      if (raw.toString().includes(`\nDelivered-To: ${address}\n`))
        return Buffer.from(raw.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    }
    return undefined;
  }

  /** What it has to say, for a test that fails. */
  log(): Promise<string> {
    return readFile(join(this.#dir, 'log'), 'utf8').catch(() => 'Postfix has said nothing.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const exit = once(this.#process, 'exit');
      // It ends those that it has started.
      this.#process.kill('SIGTERM');
      await exit;
    }
    await rm(this.#dir, { recursive: true, force: true, maxRetries: 3 });
  }

  async #mails(): Promise<Buffer[]> {
    const folder = join(this.#dir, 'mail/everybody/new');
    const names = await readdir(folder).catch(() => []);
    return Promise.all(names.map((name) => readFile(join(folder, name))));
  }

  async #isListening(): Promise<void> {
    while (!(await greets(this.#port))) {
      if (this.#process.exitCode !== null) throw new Error(`Postfix did not start.\n${await this.log()}`);
      await wait(50);
    }
  }
}

async function makeFolders(dir: string): Promise<void> {
  const account = await idOf('postfix');
  const nobody = await idOf('nobody');
  const { stdout } = await run('getent', ['group', 'postdrop']);
  const postdrop = Number(stdout.split(':')[2]);
  const make = async (name: string, mode: number, owner: number, group: number) => {
    await mkdir(join(dir, name), { recursive: true });
    await chown(join(dir, name), owner, group);
    await chmod(join(dir, name), mode);
  };
  for (const name of ['config', 'queue', 'queue/pid']) await make(name, 0o755, 0, 0);
  for (const name of QUEUES) await make(`queue/${name}`, 0o700, account, 0);
  await make('queue/public', 0o710, account, postdrop);
  await make('queue/maildrop', 0o730, account, postdrop);
  await make('data', 0o700, account, 0);
  await make('mail', 0o700, nobody, nobody);
}

async function idOf(account: string): Promise<number> {
  const { stdout } = await run('id', ['-u', account]);
  return Number(stdout);
}

async function settings(dir: string, { key, cert }: Certificates): Promise<string> {
  const nobody = await idOf('nobody');
  return Object.entries({
    compatibility_level: '3.6',
    queue_directory: `${dir}/queue`,
    data_directory: `${dir}/data`,
    maillog_file: `${dir}/log`,
    maillog_file_prefixes: dir,
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    myhostname: 'mail.example.com',
    mydestination: '',
    local_recipient_maps: '',
    alias_maps: '',
    alias_database: '',
    // Neither bounces nor anything else leaves.
    default_transport: 'discard',
    mynetworks: '',
    smtpd_relay_restrictions: 'reject_unauth_destination',
    smtpd_sender_restrictions: `check_sender_access regexp:${dir}/config/senders`,
    smtpd_peername_lookup: 'no',
    virtual_mailbox_domains: 'example.com',
    virtual_mailbox_maps: `regexp:${dir}/config/mailboxes`,
    virtual_mailbox_base: `${dir}/mail`,
    virtual_uid_maps: `static:${nobody}`,
    virtual_gid_maps: `static:${nobody}`,
    virtual_mailbox_limit: '0',
    message_size_limit: '60000',
    smtpd_tls_security_level: 'may',
    smtpd_tls_cert_file: cert,
    smtpd_tls_key_file: key,
  })
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  await new Promise((resolve) => listening.close(resolve));
  return port;
}

/** Whether somebody says hello at this port of the loopback. */
function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('data', () => resolve(true));
  socket.once('error', () => resolve(false));
  socket.once('close', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
