import { expect, test } from 'vitest';
import { openComposer } from '../../src/delivery/compose.ts';
import { registerOutbox } from '../../src/delivery/outbox.routes.ts';
import { registerPreview } from '../../src/delivery/preview.routes.ts';
import { captureTransport } from '../../src/delivery/send/capture_transport.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { bareServer, withKey } from '../http/bare_server.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  LINK_SECRET,
  PUBLIC_URL,
  trigger,
} from '../support/factories.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const clock = aClock();
const app = await bareServer();
const from = { name: 'Northwind', address: 'hello@northwind.example.com' };
const composer = openComposer(db, { from, publicUrl: PUBLIC_URL, linkSecret: LINK_SECRET });
registerOutbox(app, { db, cursors: createCursors(Buffer.alloc(32, 7)) });
registerPreview(app, { db, composer, transport: () => captureTransport(), now: clock.now });

async function get(url: string) {
  return (await app.inject({ url, headers: withKey })).json();
}

async function post(url: string, payload: object) {
  const answer = await app.inject({ method: 'POST', url, headers: withKey, payload });
  return { status: answer.statusCode, body: answer.json() };
}

test('a captured mail has everything that its reader would see, and says where it came from', async () => {
  const sequence = await aSequence(db, { steps: [{ subject: 'Grüße, {{ contact.name }}' }] });
  const email = anAddress();
  const { contact_id } = await trigger(anIntake(db, { clock }), sequence, { email, name: 'Zoë' });
  await aWorker(db, { clock }).runDry();
  const [entry] = (await get('/api/outbox')).mails;
  const mail = await get(`/api/outbox/${entry.id}`);
  expect(mail).toMatchObject({
    kind: 'step',
    sequence_id: sequence.id,
    step_id: sequence.steps[0]?.id,
    revision: 1,
    contact_id,
  });
  expect(Object.entries(mail.headers)).toEqual([
    ['From', 'Northwind <hello@northwind.example.com>'],
    ['To', `Zoë <${email}>`],
    ['Subject', 'Grüße, Zoë'],
    ['Date', 'Mon, 02 Mar 2026 09:00:00 +0000'],
    ['Message-ID', mail.message_id],
    ['List-Unsubscribe', expect.stringMatching(/^<https:\/\/mail\.example\.com\/u\/.+>$/)],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
  ]);
});

test('a preview warns of variables that nothing fills, in what is saved and in what is tried', async () => {
  const { id, steps } = await aSequence(db, { steps: [{ html: '<p>{{ contact.nmae }}</p>' }] });
  const url = `/api/sequences/${id}/steps/${steps[0]?.id}/preview`;
  const recipient_email = anAddress();
  const saved = await post(url, { recipient_email });
  expect(saved.status).toBe(200);
  expect(saved.body.warnings).toMatchObject([
    { field: 'html', line: 1, column: 7, variable: 'contact.nmae' },
  ]);
  const tried = await post(url, { recipient_email, html: '<p>{{ contact.name }}</p>' });
  expect(tried.body.warnings).toEqual([]);
});

test('a preview of a template that does not parse, or fails, says where', async () => {
  const { id, steps } = await aSequence(db);
  const url = `/api/sequences/${id}/steps/${steps[0]?.id}/preview`;
  const recipient_email = anAddress();
  const unparsable = await post(url, { recipient_email, html: '<p>\n  {% if x %}</p>' });
  expect(unparsable).toMatchObject({
    status: 422,
    body: {
      type: 'urn:sequitur:problem:invalid_template',
      detail: expect.stringMatching(/^A template does not parse: html, line 2, column 3: .*\.$/),
    },
  });
  const failing = await post(url, { recipient_email, html: '{% for i in (1..9999999) %}x{% endfor %}' });
  expect(failing).toMatchObject({
    status: 422,
    body: {
      type: 'urn:sequitur:problem:template_failed',
      detail: expect.stringMatching(/^A template cannot be rendered: html, line 1, column 1: .*\.$/),
    },
  });
});
