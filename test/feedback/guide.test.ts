import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { Installation } from '../process/installation.ts';
import { ensurePython } from '../support/python.ts';

const run = promisify(execFile);

const guide = await readFile(join(import.meta.dirname, '../../docs/guide/bounces.md'), 'utf8');
const [program = ''] = blocks('python');
const [curl = ''] = blocks('sh');

let python: string;
beforeAll(async () => {
  python = await ensurePython();
}, 600_000);

function blocks(kind: string): string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, inside = '']) => inside,
  );
}

/** A mail of several parts, the first for people, as mail servers write them. */
function aReport(type: string, parts: [type: string, lines: string[]][]): string {
  const words: [string, string[]] = ['text/plain', ['This is the mail system. Your message came back.']];
  return [
    'Date: Sun, 1 Mar 2026 10:30:00 +0100',
    'From: MAILER-DAEMON@mail.example.com',
    'To: bounces@example.com',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${type}; boundary="next"`,
    '',
    ...[words, ...parts].flatMap(([kind, lines]) => ['--next', `Content-Type: ${kind}`, '', ...lines]),
    '--next--',
    '',
  ].join('\r\n');
}

function aBounce(status: string, recipient: string, messageId: string, action = 'failed'): string {
  return aReport('delivery-status', [
    [
      'message/delivery-status',
      [
        'Reporting-MTA: dns; mail.example.com',
        '',
        `Final-Recipient: rfc822; ${recipient}`,
        `Original-Recipient: rfc822;${recipient}`,
        `Action: ${action}`,
        `Status: ${status}`,
        `Diagnostic-Code: smtp; 550 ${status} <${recipient}>:`,
        '    Recipient address rejected',
        '',
      ],
    ],
    ['text/rfc822-headers', ['Subject: Hello', `Message-ID: ${messageId}`, '']],
  ]);
}

function aComplaint(recipient: string, messageId: string): string {
  return aReport('feedback-report', [
    [
      'message/feedback-report',
      ['Feedback-Type: abuse', 'Version: 1', `Original-Rcpt-To: <${recipient}>`, ''],
    ],
    ['message/rfc822', ['Subject: Hello', `Message-ID: ${messageId}`, '', 'Hello', '']],
  ]);
}

type Mail = { id: string; recipient: string; message_id: string };
type Entry = { kind: string; at: string; sequence_name: string | null; reply: string | null };

const ADMIN = { ADMIN_EMAIL: 'ada.admin@example.com', ADMIN_PASSWORD: 'a long enough phrase' };

/** A Sequitur that has mailed these people, and how it is asked. */
async function aSender(people: string[]) {
  const installation = await Installation.make(ADMIN);
  await installation.start();
  const { out } = await installation.run(['api-key', 'create', 'a script']);
  const key = out.trim();
  const ask = async <Answer>(
    path: string,
    body?: unknown,
    given?: Record<string, string>,
  ): Promise<Answer> => {
    const headers = given ?? { authorization: `Bearer ${key}` };
    const answer = await fetch(`${installation.url}/api/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  await ask('sequences', { name: 'News', key: 'news' });
  await ask('sequences/news/steps', { delay_seconds: 0, subject: 'Hello', html: '<p>Hello</p>' });
  await ask('sequences/news/status', { status: 'active' });
  const recipients = people.map((recipient_email) => ({ recipient_email }));
  await ask('sequences/news/trigger', { recipients });
  const mailed = async () => (await ask<{ mails: Mail[] }>('outbox')).mails;
  await expect.poll(mailed, { timeout: 30_000 }).toHaveLength(people.length);
  const mails = await Promise.all((await mailed()).map(({ id }) => ask<Mail>(`outbox/${id}`)));
  const ids = new Map(mails.map(({ recipient, message_id }) => [recipient, message_id]));
  return { installation, key, ask, idOf: (email: string) => ids.get(email) ?? email };
}

/** Makes the secret as the guide's reader does, signed in. */
async function aSecret(installation: Installation, ask: Awaited<ReturnType<typeof aSender>>['ask']) {
  const answer = await fetch(`${installation.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD }),
  });
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  return (await ask<{ secret: string }>('bounces/secret', {}, { cookie })).secret;
}

test('mails that come back are passed on from a mailbox, and a provider’s by one call', async () => {
  const [ada, bea, cleo, dora] = ['ada', 'bea', 'cleo', 'dora'].map((name) => `${name}@example.com`);
  if (!ada || !bea || !cleo || !dora) throw new Error('Four people are needed.');
  const { installation, key, ask, idOf } = await aSender([ada, bea, cleo, dora]);
  const folder = await mkdtemp(join(tmpdir(), 'sequitur bounces '));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'bounce.py'), program);
  const env = {
    ...process.env,
    SEQUITUR_URL: installation.url,
    SEQUITUR_SECRET: await aSecret(installation, ask),
    SEQUITUR_KEY: key,
  };
  /** Hands a mail to the program. */
  async function pass(mail: string, more: Record<string, string> = {}) {
    const child = spawn(python, ['bounce.py'], { cwd: folder, env: { ...env, ...more } });
    child.stdin.end(mail);
    const ended = new Promise((resolve) => child.on('close', resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { out, err, code };
  }
  /** What is known of somebody by now. */
  async function standing(email: string) {
    const { contacts } = await ask<{ contacts: { id: string; suppressed_reason: string | null }[] }>(
      `contacts?search=${email}`,
    );
    const [contact] = contacts;
    const { entries } = await ask<{ entries: Entry[] }>(`contacts/${contact?.id}/timeline`);
    return [contact?.suppressed_reason, entries.filter(({ kind }) => /bounced|complained/.test(kind))];
  }

  const bounce = aBounce('5.1.1', ada, idOf(ada));
  expect(await pass(bounce)).toEqual({ out: 'recorded\n', err: '', code: 0 });
  expect(await pass(bounce)).toEqual({ out: 'repeated\n', err: '', code: 0 });
  const at = '2026-03-01T09:30:00.000Z';
  expect(await standing(ada)).toEqual([
    'bounced',
    [
      expect.objectContaining({
        kind: 'bounced',
        at,
        sequence_name: 'News',
        reply: expect.stringContaining('Recipient address rejected'),
      }),
    ],
  ]);

  expect(await pass(aBounce('5.2.2', bea, '<changed-on-the-way@provider.example.com>'))).toMatchObject({
    out: 'recorded\n',
  });
  expect(await pass(aBounce('4.4.1', bea, idOf(bea), 'delayed'))).toEqual({ out: '', err: '', code: 0 });
  expect(await standing(bea)).toMatchObject([null, [{ kind: 'soft_bounced', at, sequence_name: null }]]);

  expect(await pass(aComplaint(cleo, idOf(cleo)))).toMatchObject({ out: 'recorded\n' });
  expect(await standing(cleo)).toMatchObject(['complained', [{ kind: 'complained', sequence_name: 'News' }]]);

  expect(await pass(aBounce('5.1.1', 'nobody@example.com', '<x@example.com>'))).toMatchObject({
    out: 'unknown_contact\n',
  });
  expect(await pass('Subject: I am out of the office\r\n\r\nUntil Monday.\r\n')).toMatchObject({
    out: '',
    code: 0,
  });
  const stranger = { SEQUITUR_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}` };
  const refused = await pass(aBounce('5.1.1', dora, idOf(dora)), stranger);
  expect(refused).toMatchObject({ code: 65, err: expect.stringContaining('signature_wrong') });
  expect(
    await pass(aBounce('5.1.1', dora, idOf(dora)), { SEQUITUR_URL: 'http://127.0.0.1:9' }),
  ).toMatchObject({
    code: 75,
  });
  expect(await standing(dora)).toEqual([null, []]);

  const { stdout } = await run('sh', ['-c', curl], { env });
  expect(JSON.parse(stdout)).toMatchObject({
    recorded: 2,
    results: [
      { outcome: 'recorded', suppressed: false },
      { outcome: 'recorded', suppressed: true },
    ],
  });
}, 180_000);
