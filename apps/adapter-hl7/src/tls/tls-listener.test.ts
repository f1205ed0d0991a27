import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket, type SecureVersion } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Identity, TestAuthority } from '../../test/certificates.js';
import { messageOf } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa, Sender } from '../../test/sender.js';
import { until } from '../../test/until.js';

const hyd = { facility: 'HYD', application: 'REG' };
let directory: string;
let hub: TestAuthority;
let hospital: TestAuthority;
let client: Identity;
let adapter: RunningAdapter;
let senders: Sender[] = [];

/** As a renewal does it: written beside, and renamed into place. */
async function put(name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
  return path;
}

async function putServer({ cert, key }: Identity): Promise<void> {
  await put('server.key', key);
  await put('server.crt', cert);
}

const connect = async (identity: Partial<Identity> = client, version: SecureVersion = 'TLSv1.3') => {
  const { cert, key } = identity;
  const own = cert === undefined || key === undefined ? {} : { cert, key };
  const versions = { minVersion: version, maxVersion: version };
  const sender = await Sender.connectTls(adapter.tlsPort, { ca: hub.pem, ...own, ...versions });
  senders.push(sender);
  return sender;
};

/** TLS 1.3 tells a client that it is refused only after the client's side of the handshake is done. */
const isRefused = async (...connecting: Parameters<typeof connect>): Promise<boolean> => {
  try {
    await (await connect(...connecting)).ask(messageOf());
    return false;
  } catch {
    return true;
  }
};

const bind = (...certificates: string[]) => {
  adapter.registry.apply(sourceOf(hyd, { certificates }));
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-tls-'));
  hub = await TestAuthority.make('Hub authority');
  hospital = await TestAuthority.make('Hospital');
  client = await hospital.issue('CN=adt.hyd.example, O=Hyderabad\\, General, C=PK');
  await putServer(await hub.issue('CN=hub'));
  adapter = await RunningAdapter.start({
    MLLP_TLS_PORT: '0',
    MLLP_TLS_CERT_FILE: join(directory, 'server.crt'),
    MLLP_TLS_KEY_FILE: join(directory, 'server.key'),
    MLLP_TLS_CLIENT_CA_FILE: await put('ca.crt', hospital.pem),
    MLLP_TLS_RELOAD_MS: '20',
    MLLP_TLS_HANDSHAKE_TIMEOUT_MS: '500',
    CONTACT_RETRY_MS: '0',
  });
});
afterEach(async () => {
  for (const sender of senders) sender.end();
  senders = [];
  await adapter.dispose();
  await rm(directory, { recursive: true });
});

describe('the handshake', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('takes %s with a certificate of a client authority', async (version) => {
    bind(client.fingerprint);
    const sender = await connect(client, version);
    expect(msa(await sender.ask(messageOf())).code).toBe('AA');
    expect((await adapter.events())[0]?.source.authentication).toBe('mtls');
  });

  it('refuses who has no certificate, one of another authority, one that has expired, or an older TLS', async () => {
    const foreign = await hub.issue('CN=adt.hyd.example');
    const expired = await hospital.issue('CN=adt.hyd.example', -1000);
    bind(client.fingerprint, foreign.fingerprint, expired.fingerprint);
    for (const identity of [{}, foreign, expired]) expect(await isRefused(identity)).toBe(true);
    expect(await isRefused(client, 'TLSv1.1')).toBe(true);
    expect(await isRefused()).toBe(false);
    expect(await adapter.metric('mllp_connections_closed_total', { reason: 'tls-handshake' })).toBeGreaterThan(2);
    expect(await adapter.events()).toHaveLength(1);
  });

  it('closes who starts none, and does not let him hold up the end', async () => {
    const silent = await Sender.connect(adapter.tlsPort);
    await silent.closed();
    const late = await Sender.connect(adapter.tlsPort);
    await adapter.stopAdapter();
    await late.closed();
  });
});

describe('the certificate', () => {
  it.each([
    ['its fingerprint', () => client.fingerprint],
    ['its subject', () => 'subject:CN=adt.hyd.example,O=Hyderabad\\, General,C=PK'],
    ['its subject from the other end', () => 'subject:c=PK, o=Hyderabad\\, General, cn=adt.hyd.example'],
  ])('is the sender by %s', async (_, name) => {
    bind('sha256:00', name());
    expect(msa(await (await connect()).ask(messageOf())).code).toBe('AA');
  });

  it.each([
    ['of another one', ['sha256:00', 'subject:CN=adt.hyd.example,C=PK'], 'is not that of the sender'],
    ['of none', [], 'no client certificate is bound'],
  ])('in the name %s is answered AR 207 and goes on (F7, A4)', async (_, names, text) => {
    bind(...names);
    const sender = await connect();
    const answer = await sender.ask(messageOf());
    expect(msa(answer).code).toBe('AR');
    expect(answer).toContain('207');
    expect(answer).toContain(text);
    bind(client.fingerprint);
    expect(msa(await sender.ask(messageOf())).code).toBe('AA');
    expect((await adapter.refusals()).map(({ condition }) => condition)).toEqual([207]);
  });

  it('of one sender does not speak for another on the same connection', async () => {
    bind(client.fingerprint);
    adapter.registry.apply(sourceOf({ facility: 'MPK', application: 'REG' }, { certificates: ['sha256:11'] }));
    const sender = await connect();
    expect(msa(await sender.ask(messageOf())).code).toBe('AA');
    expect(msa(await sender.ask(messageOf({ sender: 'REG|MPK', controlId: 'C2' }))).code).toBe('AR');
  });

  it('that expires on an open connection speaks for nobody any more', async () => {
    const brief = await hospital.issue('CN=adt.hyd.example', 1500);
    bind(brief.fingerprint);
    const sender = await connect(brief);
    let answer = '';
    await until(async () => (answer = await sender.ask(messageOf())).includes('has expired'));
    expect(msa(answer).code).toBe('AR');
  });

  it('goes to registration when its sender is unknown', async () => {
    await (await connect()).ask(messageOf());
    expect(adapter.registration.certificates).toEqual([client.fingerprint]);
  });

  it('is asked for on the plain listener by answering AR 207 to a sender that is bound to one', async () => {
    bind(client.fingerprint);
    expect(await (await adapter.connect()).ask(messageOf())).toContain('registered for TLS');
    bind();
    const answer = await (await adapter.connect()).ask(messageOf());
    expect(msa(answer).code).toBe('AA');
    expect((await adapter.events())[0]?.source.authentication).toBe('none');
  });
});

describe('renewed files', () => {
  const serverOf = async () => {
    const { socket } = await connect();
    return socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.subject : undefined;
  };

  it('are in force for new connections while open ones go on', async () => {
    bind(client.fingerprint);
    const open = await connect();
    await open.ask(messageOf());
    await putServer(await hub.issue('CN=renewed'));
    await until(async () => (await serverOf()) === 'CN=renewed');
    expect(msa(await open.ask(messageOf({ controlId: 'C2' }))).code).toBe('AA');
    expect(open.isClosed).toBe(false);
  });

  it('change who is let in', async () => {
    const other = await TestAuthority.make('Other hospital');
    const theirs = await other.issue('CN=adt.hyd.example');
    bind(client.fingerprint, theirs.fingerprint);
    expect(await isRefused(theirs)).toBe(true);
    await put('ca.crt', other.pem);
    await until(async () => (await adapter.metric('mllp_tls_reloads_total', { result: 'done' })) === 1);
    expect(await isRefused(theirs)).toBe(false);
    expect(await isRefused(client)).toBe(true);
  });

  it('that do not belong together or say nothing leave the former ones in force', async () => {
    const { key } = await hub.issue('CN=half');
    await put('server.key', key);
    await until(async () => (await adapter.metric('mllp_tls_reloads_total', { result: 'failed' })) === 1);
    await put('ca.crt', '');
    await until(async () => (await adapter.metric('mllp_tls_reloads_total', { result: 'failed' })) === 2);
    bind(client.fingerprint);
    expect(await serverOf()).toBe('CN=hub');
    expect(await isRefused()).toBe(false);
  });
});
