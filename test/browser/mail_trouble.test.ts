import { expect, test } from 'vitest';
import { SmtpSink } from '../support/smtp_sink.ts';
import { openWorkspace } from './workspace.ts';

const gone = await SmtpSink.start();
const { port } = gone;
await gone[Symbol.asyncDispose]();
const { openAsAda } = await openWorkspace({ SMTP_URL: `smtp://127.0.0.1:${port}` });

test('a mail server that is not there is a banner until it takes mail, and the API says the same', async () => {
  const page = await openAsAda();
  await page.goto('/sequences');
  const banner = page.getByRole('alert', { name: 'Mail is not getting out' });
  await banner.waitFor();
  expect(await banner.innerText()).toMatch(
    /^Mail is not getting out since .*\d\. The mail server cannot be reached\. “.*ECONNREFUSED.*”$/,
  );
  const troubleOf = async () => (await (await page.request.get('/api/workspace')).json()).mail.trouble;
  expect(await troubleOf()).toMatchObject({ since: expect.any(String), outcome: 'connection_failed' });

  await using sink = await SmtpSink.start({
    port,
    onRecipient: (address) =>
      address.startsWith('gone') ? { code: 550, words: '5.1.1 No such user' } : undefined,
  });
  const recipients = ['ada', 'gone'].map((name) => ({ recipient_email: `${name}@example.com` }));
  await page.request.post('/api/sequences/spring-sale/trigger', { data: { recipients } });
  await banner.waitFor({ state: 'detached' });
  expect(await troubleOf()).toBeNull();
  expect(sink.mails).toHaveLength(1);

  await page.goto('/sequences/spring-sale');
  const emails = page.getByRole('region', { name: 'By email' });
  await emails.getByText(/^Waiting \d · failed 1 \(mailbox unknown 1\)$/).waitFor();
  await page.goto('/outbox');
  await page.getByText(/^Mail is sent now, through your mail server\./).waitFor();
});
