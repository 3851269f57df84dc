import { beforeEach, describe, expect, test } from 'vitest';
import { listAuditEntries } from '../../src/auth/audit.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { newId } from '../../src/lib/uuid.ts';
import { registerSequences } from '../../src/sequences/routes.ts';
import { bareServer, withKey, withSession } from '../http/bare_server.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const announced: string[] = [];
let clock = Date.parse('2026-03-02T09:00:00.000Z');

const app = await bareServer();
registerSequences(app, {
  db,
  cursors: createCursors(Buffer.alloc(32, 7)),
  now: () => new Date(clock),
  onChanged: (id) => announced.push(id),
});

beforeEach(() => {
  announced.length = 0;
  clock += 60_000;
});

const step = { subject: 'Hello {{ contact.first_name }}', html: '<p>Hello</p>' };

describe('sequences over HTTP', () => {
  test('need a session or a key', async () => {
    const answer = await app.inject({ method: 'GET', url: '/api/sequences' });
    expect(answer.statusCode).toBe(401);
  });

  test('are made, read by id and key, changed and activated', async () => {
    const made = await post('/api/sequences', { name: '  Spring sale ', description: 'Two emails' });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: made.body.id,
      key: 'spring-sale',
      name: 'Spring sale',
      description: 'Two emails',
      status: 'draft',
      reentry: 'once',
      reentry_days: null,
      send_window: null,
      example: null,
      created_at: new Date(clock).toISOString(),
      updated_at: new Date(clock).toISOString(),
      activated_at: null,
      paused_at: null,
      steps: [],
    });
    const added = await post('/api/sequences/spring-sale/steps', { ...step, delay_seconds: 60 });
    expect(added).toMatchObject({
      status: 201,
      body: { position: 0, revision: 1, text: null, revised_by: 'Ada' },
    });
    const patched = await send('PATCH', '/api/sequences/spring-sale', {
      reentry: 'after_days',
      reentry_days: 30,
    });
    const { warnings, ...kept } = added.body;
    expect(warnings).toEqual([]);
    expect(patched).toMatchObject({ status: 200, body: { reentry_days: 30, steps: [kept] } });
    const activated = await post('/api/sequences/spring-sale/status', { status: 'active' });
    expect(activated).toMatchObject({ status: 200, body: { status: 'active', name: 'Spring sale' } });
    expect(await get(`/api/sequences/${made.body.id}`)).toEqual({ status: 200, body: activated.body });
    expect(announced).toEqual(Array(4).fill(made.body.id));
    expect(await actionsOn(made.body.id)).toEqual([
      'sequence.created',
      'sequence.updated',
      'sequence.activated',
    ]);
  });

  test('that are not there are a 404', async () => {
    const urls = [
      '/api/sequences/no-such-one',
      `/api/sequences/${newId()}`,
      '/api/sequences/no-such-one/steps',
    ];
    for (const url of urls) {
      expect(await get(url)).toMatchObject({ status: 404, body: { type: 'urn:sequitur:problem:not_found' } });
    }
    expect(await post('/api/sequences/no-such-one/status', { status: 'active' })).toMatchObject({
      status: 404,
    });
  });

  test('are refused with the problem of every field', async () => {
    const body = {
      name: ' ',
      key: 'Not A Key',
      description: 7,
      reentry: 'daily',
      reentry_days: 0,
      nmae: 'x',
    };
    const refused = await post('/api/sequences', body);
    expect(refused.status).toBe(400);
    expect(pathsOf(refused)).toEqual(['description', 'key', 'name', 'nmae', 'reentry', 'reentry_days']);
    expect(await post('/api/sequences', { name: 'x', key: newId() })).toMatchObject({ status: 400 });
    const days = await post('/api/sequences', { name: 'x', reentry: 'after_days' });
    expect(days).toMatchObject({ status: 400, body: { errors: [{ path: 'reentry_days' }] } });
    expect((await get('/api/sequences?search=Not')).body.sequences).toEqual([]);
    expect(announced).toEqual([]);
  });

  test('keep their keys apart', async () => {
    await post('/api/sequences', { name: 'First', key: 'apart' });
    const second = await post('/api/sequences', { name: 'Second', key: 'apart' });
    expect(second).toMatchObject({ status: 409, body: { type: 'urn:sequitur:problem:key_taken' } });
  });

  test('keep an id that they have elsewhere, each its own', async () => {
    const id = '6F9619FF-8B86-4D11-B42D-00C04FC964FF';
    const first = await post('/api/sequences', { id, name: 'Imported' });
    expect(first).toMatchObject({ status: 201, body: { id: id.toLowerCase(), key: 'imported' } });
    for (const more of [{ name: 'Imported' }, { name: 'Another', key: 'another-one' }]) {
      const second = await post('/api/sequences', { id, ...more });
      expect(second).toMatchObject({ status: 409, body: { type: 'urn:sequitur:problem:id_taken' } });
    }
    expect(await post('/api/sequences', { id: '48211', name: 'Numbered' })).toMatchObject({ status: 400 });
  });

  test('are announced and noted only when something has changed', async () => {
    const { id } = await sequence('Quiet');
    announced.length = 0;
    expect(await send('PATCH', `/api/sequences/${id}`, { name: 'Quiet' })).toMatchObject({ status: 200 });
    expect(await post(`/api/sequences/${id}/status`, { status: 'draft' })).toMatchObject({ status: 200 });
    expect(announced).toEqual([]);
    expect(await actionsOn(id)).toEqual(['sequence.created']);
  });

  test('change their status by the rules only', async () => {
    const { id } = await sequence('By the rules');
    const empty = await post(`/api/sequences/${id}/status`, { status: 'active' });
    expect(empty).toMatchObject({ status: 409, body: { type: 'urn:sequitur:problem:no_steps' } });
    const skipped = await post(`/api/sequences/${id}/status`, { status: 'paused' });
    expect(skipped.body).toMatchObject({
      type: 'urn:sequitur:problem:status_not_allowed',
      detail: 'A sequence that is draft cannot become paused, only active or archived.',
    });
    await post(`/api/sequences/${id}/status`, { status: 'archived' });
    await post(`/api/sequences/${id}/status`, { status: 'paused' });
    expect(await actionsOn(id)).toEqual(['sequence.created', 'sequence.archived', 'sequence.restored']);
  });

  test('are listed by status and search, page by page', async () => {
    for (const n of [1, 2, 3]) {
      clock += 1000;
      await sequence(`Listed ${n}`);
    }
    const first = await get('/api/sequences?search=listed&limit=2');
    expect(namesIn(first)).toEqual(['Listed 3', 'Listed 2']);
    expect(first.body.sequences[0]).toMatchObject({ step_count: 0 });
    const second = await get(`/api/sequences?search=listed&limit=2&cursor=${first.body.next_cursor}`);
    expect(namesIn(second)).toEqual(['Listed 1']);
    expect(second.body.next_cursor).toBeNull();
    expect(namesIn(await get('/api/sequences?search=listed&status=active'))).toEqual([]);
    const foreign = await get(`/api/sequences?search=other&cursor=${first.body.next_cursor}`);
    expect(foreign).toMatchObject({ status: 400, body: { errors: [{ path: 'cursor' }] } });
    expect(await get('/api/sequences?status=gone&limit=0')).toMatchObject({ status: 400 });
  });
});

describe('steps over HTTP', () => {
  test('are edited into revisions, by an API key too', async () => {
    const { id } = await sequence('Edited');
    const { body: first } = await post(`/api/sequences/${id}/steps`, step);
    const edited = await send('PATCH', `/api/sequences/${id}/steps/${first.id}`, { subject: 'New' }, withKey);
    expect(edited).toMatchObject({ status: 200, body: { revision: 2, subject: 'New', revised_by: 'Shop' } });
    const same = await send('PATCH', `/api/sequences/${id}/steps/${first.id}`, { subject: 'New' });
    expect(same).toEqual(edited);
    const late = await send('PATCH', `/api/sequences/${id}/steps/${first.id}`, {
      subject: 'Late',
      revision: 1,
    });
    expect(late).toMatchObject({ status: 409, body: { type: 'urn:sequitur:problem:edited_meanwhile' } });
    const page = await get(`/api/sequences/${id}/steps/${first.id}/revisions?limit=1`);
    expect(page.body.revisions).toMatchObject([{ revision: 2, subject: 'New', created_by: 'Shop' }]);
    const older = await get(
      `/api/sequences/${id}/steps/${first.id}/revisions?limit=1&cursor=${page.body.next_cursor}`,
    );
    expect(older.body).toMatchObject({
      revisions: [{ revision: 1, subject: step.subject }],
      next_cursor: null,
    });
    expect(await actionsOn(first.id)).toEqual(['step.added', 'step.edited']);
  });

  test('with templates that do not parse are refused with line and column', async () => {
    const { id } = await sequence('Broken');
    const refused = await post(`/api/sequences/${id}/steps`, {
      subject: 'Hi {{ name',
      html: '<p>\n  {% if x %}</p>',
    });
    expect(refused.status).toBe(422);
    expect(refused.body.type).toBe('urn:sequitur:problem:invalid_template');
    expect(refused.body.detail).toMatch(
      /^A template does not parse: subject, line 1, column 4: .* \(and 1 more\)\.$/,
    );
    expect(refused.body.errors).toEqual([
      { path: 'subject', message: expect.stringMatching(/^line 1, column 4: ./) },
      { path: 'html', message: expect.stringMatching(/^line 2, column 3: ./) },
    ]);
    expect((await get(`/api/sequences/${id}/steps`)).body).toEqual({ steps: [] });
  });

  test('warn of variables that nothing fills, and are kept', async () => {
    const { id } = await sequence('Warned');
    const slip = {
      ...step,
      subject: 'Hi {{ first_name }}',
      html: '<p>{{ context.code }}\n{{ contact.plan }}</p>',
    };
    const added = await post(`/api/sequences/${id}/steps`, slip);
    expect(added).toMatchObject({ status: 201, body: { subject: slip.subject } });
    expect(added.body.warnings).toEqual([
      {
        field: 'subject',
        line: 1,
        column: 7,
        variable: 'first_name',
        message: 'Nothing fills first_name. Is contact.first_name meant?',
      },
      {
        field: 'html',
        line: 2,
        column: 4,
        variable: 'contact.plan',
        message: 'Nothing fills contact.plan. Is contact.properties.plan meant?',
      },
    ]);
    const url = `/api/sequences/${id}/steps/${added.body.id}`;
    const mended = await send('PATCH', url, { subject: step.subject, html: step.html });
    expect(mended.body.warnings).toEqual([]);
  });

  test('are refused beyond their limits, and taken right at them', async () => {
    const { id } = await sequence('Limits');
    const beyond = {
      subject: 'x'.repeat(999),
      html: 'x'.repeat(500_001),
      text: 'x'.repeat(500_001),
      delay_seconds: 315_360_001,
    };
    const refused = await post(`/api/sequences/${id}/steps`, beyond);
    expect(refused.status).toBe(400);
    expect(pathsOf(refused)).toEqual(['delay_seconds', 'html', 'subject', 'text']);
    const most = {
      subject: 'x'.repeat(998),
      html: '€'.repeat(500_000),
      text: '€'.repeat(500_000),
      delay_seconds: 315_360_000,
    };
    expect(await post(`/api/sequences/${id}/steps`, most)).toMatchObject({ status: 201, body: most });
    expect(await post(`/api/sequences/${id}/steps`, { ...step, position: 2 })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'position', message: 'must be at most 1' }] },
    });
  });

  test('are ordered and removed', async () => {
    const { id } = await sequence('Ordered');
    const { body: a } = await post(`/api/sequences/${id}/steps`, { ...step, subject: 'a' });
    const { body: b } = await post(`/api/sequences/${id}/steps`, { ...step, subject: 'b' });
    const ordered = await post(`/api/sequences/${id}/steps/order`, { step_ids: [b.id, a.id] });
    expect(ordered.body.steps).toMatchObject([
      { subject: 'b', position: 0 },
      { subject: 'a', position: 1 },
    ]);
    const misfit = await post(`/api/sequences/${id}/steps/order`, { step_ids: [b.id] });
    expect(misfit.body.errors).toEqual([{ path: 'step_ids', message: `does not name ${a.id}` }]);
    await post(`/api/sequences/${id}/status`, { status: 'active' });
    expect(await send('DELETE', `/api/sequences/${id}/steps/${b.id}`)).toMatchObject({ status: 204 });
    expect(await send('DELETE', `/api/sequences/${id}/steps/${b.id}`)).toMatchObject({ status: 404 });
    const last = await send('DELETE', `/api/sequences/${id}/steps/${a.id}`);
    expect(last).toMatchObject({ status: 409, body: { type: 'urn:sequitur:problem:last_step' } });
    expect((await get(`/api/sequences/${id}/steps`)).body.steps).toMatchObject([{ id: a.id, position: 0 }]);
    expect((await get(`/api/sequences/${id}/steps/${b.id}/revisions`)).body.revisions).toHaveLength(1);
    expect(await get(`/api/sequences/${id}/steps/${newId()}/revisions`)).toMatchObject({ status: 404 });
  });
});

describe('promo pages over HTTP', () => {
  test('are made, read by id and slug, changed and removed', async () => {
    const { id: sequence_id } = await sequence('Paged');
    const made = await post('/api/promo-pages', { sequence_id, title: 'Summer Sale', intro: 'Half price' });
    expect(made).toMatchObject({ status: 201, body: { slug: 'summer-sale', intro: 'Half price' } });
    const { id } = made.body;
    expect(await get('/api/promo-pages/summer-sale')).toEqual({ status: 200, body: made.body });
    const patched = await send('PATCH', `/api/promo-pages/${id}`, { slug: 'sommer', closed_text: '' });
    expect(patched).toMatchObject({
      status: 200,
      body: { slug: 'sommer', closed_text: '', title: 'Summer Sale' },
    });
    expect((await get(`/api/promo-pages?sequence_id=${sequence_id}`)).body).toEqual({
      promo_pages: [patched.body],
      next_cursor: null,
    });
    expect(await send('DELETE', '/api/promo-pages/sommer')).toMatchObject({ status: 204 });
    expect(await get(`/api/promo-pages/${id}`)).toMatchObject({ status: 404 });
    expect(await actionsOn(id)).toEqual(['promo_page.created', 'promo_page.updated', 'promo_page.removed']);
  });

  test('may ask for a confirmation, in words of their own or in ours', async () => {
    const { id: sequence_id } = await sequence('Confirmed');
    const plain = await post('/api/promo-pages', { sequence_id, title: 'Plain' });
    const none = { double_opt_in: false, confirmation_subject: null, confirmation_text: null };
    expect(plain.body).toMatchObject(none);
    const wanted = {
      double_opt_in: true,
      confirmation_subject: 'Was it you?',
      confirmation_text: 'Say yes.',
    };
    const made = await post('/api/promo-pages', { sequence_id, title: 'Asking', ...wanted });
    expect(made).toMatchObject({ status: 201, body: wanted });
    const url = `/api/promo-pages/${made.body.id}`;
    const patched = await send('PATCH', url, none);
    expect(patched).toMatchObject({ status: 200, body: none });
    expect(await get(url)).toEqual(patched);
    const long = { confirmation_subject: 'x'.repeat(201), confirmation_text: ' ' };
    expect(pathsOf(await send('PATCH', url, long))).toEqual(['confirmation_subject', 'confirmation_text']);
  });

  test('are refused for a sequence that is not there, and under a slug that is taken', async () => {
    const unknown = await post('/api/promo-pages', { sequence_id: newId(), title: 'X' });
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ path: 'sequence_id' }] } });
    const { id: sequence_id } = await sequence('Slugs');
    await post('/api/promo-pages', { sequence_id, title: 'One', slug: 'one' });
    const taken = await post('/api/promo-pages', { sequence_id, title: 'Two', slug: 'one' });
    expect(taken).toMatchObject({ status: 409, body: { type: 'urn:sequitur:problem:slug_taken' } });
    const { body: three } = await post('/api/promo-pages', { sequence_id, title: 'Three' });
    expect(await send('PATCH', `/api/promo-pages/${three.id}`, { slug: 'one' })).toMatchObject({
      status: 409,
    });
    const wrong = await post('/api/promo-pages', { sequence_id: '', slug: '-', button_label: '' });
    expect(pathsOf(wrong)).toEqual(['button_label', 'sequence_id', 'slug', 'title']);
  });
});

test('promo pages and event triggers name their sequence by its key as well', async () => {
  const { id, key } = await sequence('Called by its key');
  const other = await sequence('Another');
  const page = await post('/api/promo-pages', { sequence_id: key, title: 'Keyed' });
  expect(page).toMatchObject({ status: 201, body: { sequence_id: id } });
  expect((await get(`/api/promo-pages?sequence_id=${key}`)).body.promo_pages).toEqual([page.body]);
  const url = `/api/promo-pages/${page.body.id}`;
  const moved = await send('PATCH', url, { sequence_id: other.key });
  expect(moved).toMatchObject({ status: 200, body: { sequence_id: other.id } });
  const trigger = await post('/api/event-triggers', { sequence_id: key, event_name: 'keyed' });
  expect(trigger).toMatchObject({ status: 201, body: { sequence_id: id } });
  expect((await get(`/api/event-triggers?sequence_id=${key}`)).body.event_triggers).toEqual([trigger.body]);
  const unknown = { status: 422, body: { type: 'urn:sequitur:problem:unknown_sequence' } };
  expect(await get('/api/event-triggers?sequence_id=no-such-key')).toMatchObject(unknown);
  expect(await send('PATCH', url, { sequence_id: 'no-such-key' })).toMatchObject(unknown);
});

describe('event triggers over HTTP', () => {
  test('are made, read, changed and removed', async () => {
    const { id: sequence_id } = await sequence('Listening');
    const filters = [{ property: 'order.total', operator: 'greater_than', value: 50 }];
    const made = await post('/api/event-triggers', { event_name: 'order_paid', sequence_id, filters });
    expect(made).toMatchObject({ status: 201, body: { event_name: 'order_paid', filters, enabled: true } });
    const url = `/api/event-triggers/${made.body.id}`;
    expect(await get(url)).toEqual({ status: 200, body: made.body });
    const patched = await send('PATCH', url, { enabled: false, filters: [] });
    expect(patched).toMatchObject({ status: 200, body: { enabled: false, filters: [] } });
    expect((await get('/api/event-triggers?event_name=order_paid')).body.event_triggers).toEqual([
      patched.body,
    ]);
    expect((await get('/api/event-triggers?event_name=other')).body.event_triggers).toEqual([]);
    expect(await send('DELETE', url)).toMatchObject({ status: 204 });
    expect(await send('DELETE', url)).toMatchObject({ status: 404 });
    expect(await get(url)).toMatchObject({ status: 404 });
    expect(await actionsOn(made.body.id)).toEqual([
      'event_trigger.created',
      'event_trigger.updated',
      'event_trigger.removed',
    ]);
  });

  test('are refused with every filter’s problem', async () => {
    const { id: sequence_id } = await sequence('Filtered');
    const filters = [
      { property: 'a..b', operator: 'equals', value: 1 },
      { property: 'a', operator: 'is', value: 1 },
      { property: 'a', operator: 'less_than', value: 'many' },
      { property: 'a', operator: 'exists', value: 1 },
      { property: 'a', operator: 'contains', value: { b: 1 } },
    ];
    const refused = await post('/api/event-triggers', { event_name: 'x', sequence_id, filters });
    expect(refused.status).toBe(400);
    expect(pathsOf(refused)).toEqual([
      'filters[0].property',
      'filters[1].operator',
      'filters[2].value',
      'filters[3].value',
      'filters[4].value',
    ]);
    const unknown = await post('/api/event-triggers', { event_name: 'x', sequence_id: newId() });
    expect(unknown).toMatchObject({ status: 422, body: { type: 'urn:sequitur:problem:unknown_sequence' } });
  });
});

test('the description of the API names every route', async () => {
  const { paths } = (await get('/api/openapi.json')).body;
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes).toEqual(
    expect.arrayContaining([
      'POST /api/sequences/{id}/status',
      'PATCH /api/sequences/{id}/steps/{step_id}',
      'POST /api/sequences/{id}/steps/order',
      'DELETE /api/promo-pages/{id}',
      'PATCH /api/event-triggers/{id}',
    ]),
  );
});

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON is answered
type Answer = { status: number; body: any };

async function send(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  headers: object = withSession,
): Promise<Answer> {
  const answer = await app.inject({ method, url, headers: { ...headers }, ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
}

function get(url: string) {
  return send('GET', url);
}

function post(url: string, payload: object) {
  return send('POST', url, payload);
}

async function sequence(name: string): Promise<{ id: string; key: string }> {
  const { status, body } = await post('/api/sequences', { name });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

function pathsOf({ body }: Answer): string[] {
  return body.errors.map(({ path }: { path: string }) => path).sort();
}

function namesIn({ body }: Answer): string[] {
  return body.sequences.map(({ name }: { name: string }) => name);
}

async function actionsOn(id: string): Promise<string[]> {
  const entries = await listAuditEntries(db, undefined, 1000);
  const ofThis = entries.filter(({ object_id }) => object_id === id);
  return ofThis.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ action }) => action);
}
