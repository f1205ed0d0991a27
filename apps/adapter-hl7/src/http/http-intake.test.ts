import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Calls, createApp, readSettings, Settings } from '@anamnesis/runtime';
import { messageOf, type Said } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { HttpIntakeModule } from '../http-intake.module.js';

const hyd = { facility: 'HYD', application: 'REG' };
const tokens = { admin: token(), clinician: token(), sender: token() };
const er7 = 'application/hl7-v2+er7';

let directory: string;
let adapter: RunningAdapter;
let app: INestApplication;
let url: string;

function token(): string {
  return randomBytes(32).toString('hex');
}

interface Request {
  readonly type?: string | null;
  readonly role?: keyof typeof tokens | 'nobody';
  readonly headers?: Record<string, string>;
}

function post(body: string | Uint8Array, { type = er7, role = 'sender', headers = {} }: Request = {}) {
  const sent = new Headers(headers);
  if (type !== null) sent.set('content-type', type);
  if (role !== 'nobody') sent.set('authorization', `Bearer ${tokens[role]}`);
  return fetch(`${url}/hl7v2`, { method: 'POST', body: Buffer.from(body), headers: sent });
}

async function say(said: Said = {}) {
  const response = await post(messageOf(said));
  const [, code = ''] = /\rMSA\|([A-Z]{2})\|/.exec(await response.text()) ?? [];
  return { status: response.status, code };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-http-'));
  adapter = await RunningAdapter.start();
  const environment = {
    DATA_DIR: directory,
    HTTP_PORT: '0',
    TOKENS_FILE: join(directory, 'tokens.json'),
    MLLP_BLOCK_BYTES_MAX: '4096',
    HTTP_INTAKE_TIMEOUT_MS: '500',
  };
  await writeFile(environment.TOKENS_FILE, JSON.stringify(tokens));
  const settings = readSettings(Settings, environment);
  const modules = [HttpIntakeModule.fromEnvironment(environment)];
  app = await createApp({ name: 'test', settings, modules, ports: [] }, false);
  app.get(Calls).forward((name, request) => adapter.calls.ask(name, structuredClone(request)));
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(async () => {
  await app.close();
  await adapter.dispose();
  await rm(directory, { recursive: true });
});

describe('POST /hl7v2', () => {
  it('answers 200 with the acknowledgement when the message is on the bus (A1)', async () => {
    const response = await post(messageOf({ controlId: 'H1' }));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(`${er7}; charset=us-ascii`);
    expect(await response.text()).toMatch(/^MSH\|.*\rMSA\|AA\|H1\r?$/);
    const event = (await adapter.events()).find(({ source }) => source.messageId === 'H1');
    expect(event?.source).toMatchObject({ ...hyd, protocol: 'hl7v2-http', authentication: 'none' });
  });

  it('is one message with the same bytes over MLLP, whichever comes first', async () => {
    const text = messageOf({ controlId: 'H2' });
    await post(text);
    expect(await (await adapter.connect()).ask(text)).toContain('MSA|AA|H2');
    expect((await adapter.events()).filter(({ source }) => source.messageId === 'H2')).toHaveLength(1);
  });

  it('answers 200 for a refusal too: it is an HL7 answer', async () => {
    expect(await say({ controlId: 'H3', version: '3' })).toEqual({ status: 200, code: 'AR' });
    expect(await say({ controlId: 'H4', pid: 'PID|1||||EVERYWOMAN' })).toEqual({ status: 200, code: 'AE' });
    expect(await say({ controlId: 'H5', accept: 'AL' })).toEqual({ status: 200, code: 'CA' });
    expect((await post('no message at all')).status).toBe(200);
  });

  it('answers AR 207 with 200 while the bus is away', async () => {
    adapter.bus.isAway = true;
    expect(await say({ controlId: 'H6' })).toEqual({ status: 200, code: 'AR' });
    adapter.bus.isAway = false;
  });

  it('answers 204 where the sender wants no answer (A2)', async () => {
    const response = await post(messageOf({ controlId: 'H7', accept: 'NE', application: 'NE' }));
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect((await adapter.events()).some(({ source }) => source.messageId === 'H7')).toBe(true);
  });

  it('answers 503 where the source is to be left without an answer', async () => {
    adapter.registry.apply(sourceOf({ facility: 'MPK', application: 'REG' }, { closesWhenUnavailable: true }));
    adapter.bus.isAway = true;
    const response = await post(messageOf({ controlId: 'H8', sender: 'REG|MPK' }));
    adapter.bus.isAway = false;
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it.each([
    ['charset=iso-8859-1', 'UNICODE UTF-8', Buffer.from([0xe9])],
    ['charset="UTF-8"', '8859/1', Buffer.from('é')],
  ])('reads the message in the set of %s though MSH-18 says %s', async (parameter, charset, bytes) => {
    const controlId = `H9${parameter.length}`;
    const pid = 'PID|1||H-77^^^HYD^MR||EV#^EVE';
    const [head = '', tail = ''] = messageOf({ controlId, charset, pid }).split('#');
    const response = await post(Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail)]), {
      type: `${er7}; ${parameter}`,
    });
    expect(response.status).toBe(200);
    const event = (await adapter.events()).find(({ source }) => source.messageId === controlId);
    expect(JSON.stringify(event?.resources)).toContain('EVé');
  });

  it('lets senders and operators in, and nobody else', async () => {
    for (const role of ['sender', 'admin'] as const) expect((await post(messageOf(), { role })).status).toBe(200);
    expect((await post(messageOf(), { role: 'clinician' })).status).toBe(403);
    expect((await post(messageOf(), { role: 'nobody' })).status).toBe(401);
    expect((await post(messageOf(), { role: 'nobody', headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it.each([
    ['text/plain', {}],
    ['application/json', {}],
    [null, {}],
    [`${er7}; charset=klingon`, {}],
    [er7, { 'content-encoding': 'gzip' }],
  ])('answers 415 to Content-Type %j %j', async (type, headers) => {
    expect((await post('{}', { type, headers })).status).toBe(415);
  });

  it('answers 413 over the limit, whether the length is said or not, and 400 to nothing', async () => {
    expect((await post('x'.repeat(5000))).status).toBe(413);
    expect(await chunked(['x'.repeat(3000), 'x'.repeat(3000)])).toBe(413);
    expect((await post('')).status).toBe(400);
    expect((await post(messageOf())).status).toBe(200);
  });

  it('answers 408 to a body that does not come', async () => {
    expect(await chunked(['MSH|'], false)).toBe(408);
  });
});

/** Status of a request whose body has no length, ended or not. */
function chunked(parts: readonly string[], isEnded = true): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': er7, authorization: `Bearer ${tokens.sender}` };
    const request = httpRequest(`${url}/hl7v2`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
      request.destroy();
    });
    request.on('error', reject);
    for (const part of parts) request.write(part);
    if (isEnded) request.end();
  });
}
