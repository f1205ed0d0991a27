import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Identity, TestAuthority } from '../../test/certificates.js';
import { messageOf } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';

const hyd = { facility: 'HYD', application: 'REG' };
const er7 = 'application/hl7-v2+er7';

let directory: string;
let hub: TestAuthority;
let hospital: TestAuthority;
let client: Identity;
let adapter: RunningAdapter;

interface Asked {
  readonly identity?: Partial<Identity>;
  readonly method?: string;
  readonly path?: string;
  readonly type?: string;
}

interface Answered {
  readonly status: number | undefined;
  readonly text: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

function post(body: string, { identity = client, method = 'POST', path = '/hl7v2', type = er7 }: Asked = {}) {
  return new Promise<Answered>((resolve, reject) => {
    const { cert, key } = identity;
    const own = cert === undefined || key === undefined ? {} : { cert, key };
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
    const options = { host: '127.0.0.1', port: adapter.httpsPort, ca: hub.pem, agent: false as const, ...own };
    const request = httpsRequest({ ...options, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, text, headers: response.headers });
      });
    });
    request.on('error', reject).end(body);
  });
}

const bind = (...certificates: string[]) => {
  adapter.registry.apply(sourceOf(hyd, { certificates }));
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-https-'));
  hub = await TestAuthority.make('Hub authority');
  hospital = await TestAuthority.make('Hospital');
  client = await hospital.issue('CN=adt.hyd.example');
  const server = await hub.issue('CN=hub');
  const files = { 'server.crt': server.cert, 'server.key': server.key, 'ca.crt': hospital.pem };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  adapter = await RunningAdapter.start({
    HTTPS_INTAKE_PORT: '0',
    MLLP_TLS_CERT_FILE: join(directory, 'server.crt'),
    MLLP_TLS_KEY_FILE: join(directory, 'server.key'),
    MLLP_TLS_CLIENT_CA_FILE: join(directory, 'ca.crt'),
    MLLP_BLOCK_BYTES_MAX: '4096',
    CONTACT_RETRY_MS: '0',
  });
});
afterAll(async () => {
  await adapter.dispose();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  bind(client.fingerprint);
});

describe('POST /hl7v2 over TLS', () => {
  it('answers 200 with the acknowledgement, and the certificate is how the sender was authenticated', async () => {
    const { status, text, headers } = await post(messageOf({ controlId: 'S1' }));
    expect([status, headers['content-type']]).toEqual([200, `${er7}; charset=us-ascii`]);
    expect(text).toContain('\rMSA|AA|S1');
    const event = (await adapter.events()).find(({ source }) => source.messageId === 'S1');
    expect(event?.source).toMatchObject({ ...hyd, protocol: 'hl7v2-http', authentication: 'mtls' });
  });

  it('lets nobody in without a certificate of a client authority', async () => {
    const foreign = await hub.issue('CN=adt.hyd.example');
    bind(client.fingerprint, foreign.fingerprint);
    for (const identity of [{}, foreign]) await expect(post(messageOf(), { identity })).rejects.toThrow();
  });

  it('answers AR 207 to a certificate that is bound to another sender', async () => {
    const other = await hospital.issue('CN=other.example');
    const { status, text } = await post(messageOf({ controlId: 'S2' }), { identity: other });
    expect(status).toBe(200);
    expect(text).toContain('\rMSA|AR|S2');
    expect(text).toContain('207');
    expect((await adapter.events()).some(({ source }) => source.messageId === 'S2')).toBe(false);
  });

  it('is one message with the same bytes sent twice, and with another body a second one', async () => {
    for (let n = 0; n < 2; n++) expect((await post(messageOf({ controlId: 'S3' }))).text).toContain('MSA|AA|S3');
    expect((await adapter.events()).filter(({ source }) => source.messageId === 'S3')).toHaveLength(1);
  });

  it('answers AR 207 while the bus is away, and 503 to a source that is to be left without an answer', async () => {
    adapter.bus.isAway = true;
    expect((await post(messageOf({ controlId: 'S4' }))).text).toContain('\rMSA|AR|S4');
    adapter.registry.apply(sourceOf(hyd, { certificates: [client.fingerprint], closesWhenUnavailable: true }));
    const { status, headers } = await post(messageOf({ controlId: 'S5' }));
    adapter.bus.isAway = false;
    expect([status, headers['retry-after']]).toEqual([503, '5']);
  });

  it.each([
    ['another path', { path: '/fhir/Patient' }, 404],
    ['another method', { method: 'GET' }, 405],
    ['another Content-Type', { type: 'text/plain' }, 415],
  ])('answers %s with its status', async (_, asked, status) => {
    expect((await post('x', asked)).status).toBe(status);
  });

  it('answers 400 to nothing and 413 over the limit, and goes on', async () => {
    expect((await post('')).status).toBe(400);
    expect((await post('x'.repeat(5000))).status).toBe(413);
    expect((await post(messageOf({ controlId: 'S6' }))).text).toContain('MSA|AA|S6');
  });

  it('cuts a connection on which nothing is sent when it ends', async () => {
    const { cert, key } = client;
    const silent = connect({ host: '127.0.0.1', port: adapter.httpsPort, ca: hub.pem, cert, key });
    await new Promise((resolve) => silent.once('secureConnect', resolve));
    const closed = new Promise((resolve) => silent.once('close', resolve));
    silent.resume();
    await adapter.stopAdapter();
    await closed;
  });
});
