import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourceFact } from '@anamnesis/core';
import { FrameDecoder } from '@anamnesis/hl7v2';
import { messageOf, type Said } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { framed, msa } from '../../test/sender.js';
import { until } from '../../test/until.js';

/** The sender's own listener. */
class Peer {
  readonly received: string[] = [];
  readonly sockets = new Set<Socket>();
  /** What it says to one message; undefined: nothing. */
  answer: (controlId: string, message: string) => string | undefined = (controlId) => answering('CA', controlId);

  private constructor(readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      const decoder = new FrameDecoder({ frameBytesMax: 65_536 });
      socket.on('data', (chunk) => {
        for (const item of decoder.push(chunk)) if (item.kind === 'frame') this.#take(socket, item.bytes);
      });
    });
  }

  static async open(): Promise<Peer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Peer(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  #take(socket: Socket, bytes: Uint8Array): void {
    const message = Buffer.from(bytes).toString();
    this.received.push(message);
    const answer = this.answer(message.split('|')[9] ?? '', message);
    if (answer !== undefined) socket.write(framed(answer));
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

const answering = (code: string, controlId: string) =>
  `MSH|^~\\&|REG|HYD|||2026||ACK|P1|P|2.5.1\rMSA|${code}|${controlId}\r`;

let peer: Peer;
let adapter: RunningAdapter;

beforeEach(async () => {
  peer = await Peer.open();
  adapter = await RunningAdapter.start({ APPLICATION_ACK_TIMEOUT_MS: '300', APPLICATION_ACK_PAUSE_MS_MAX: '10' });
});
afterEach(async () => {
  await adapter.dispose();
  peer.close();
});

const register = (facts: Partial<SourceFact> = {}) => {
  const known = { isOpen: false, processingIds: ['P'], messageTypes: ['ADT^A08', 'ACK^*'] };
  const applicationAcknowledgementTo = peer.address;
  adapter.registry.apply(
    sourceOf({ facility: 'HYD', application: 'REG' }, { ...known, applicationAcknowledgementTo, ...facts }),
  );
};

const conditions = ['', 'AL', 'NE', 'ER', 'SU'] as const;
const policies = ['auto', 'original', 'enhanced', 'enhanced-answer-AA'] as const;
const cases: readonly { name: string; said: Said; original: string; accept: string }[] = [
  { name: 'good', said: {}, original: 'AA', accept: 'CA' },
  { name: 'type not accepted', said: { type: 'QRY^A19' }, original: 'AR', accept: 'CR' },
  { name: 'processing id not accepted', said: { processingId: 'T' }, original: 'AR', accept: 'CR' },
  { name: 'version not accepted', said: { version: '3' }, original: 'AR', accept: 'CR' },
  { name: 'syntax', said: { pid: 'PID|1||||EVERYWOMAN' }, original: 'AE', accept: 'CE' },
  { name: 'unavailable', said: {}, original: 'AR', accept: 'CE' },
];

/** Table 0155, by hand. */
const isWanted = (condition: string, isGood: boolean) =>
  condition === 'AL' || (condition === 'ER' && !isGood) || (condition === 'SU' && isGood);

/** A2 and A3, by hand: what comes on the same socket, and what later. */
function expected(policy: string, [accept, application]: readonly [string, string], one: (typeof cases)[number]) {
  const isGood = one.original === 'AA';
  const isOriginal = accept === '' && application === '';
  if (policy === 'original') return { now: one.original, later: '' };
  const later = isWanted(application, isGood) ? one.original : '';
  if (isOriginal && policy !== 'enhanced') return { now: one.original, later };
  const said = accept === '' && policy === 'enhanced' ? 'AL' : accept;
  const now = policy === 'enhanced-answer-AA' ? one.original : one.accept;
  return { now: isWanted(said, isGood) ? now : '', later };
}

describe.each(policies)('under the policy %s', (acknowledgement) => {
  it.each(cases)('the whole matrix of MSH-15 and MSH-16 is answered: $name', async (one) => {
    register({ acknowledgement });
    const pairs = conditions.flatMap((accept) => conditions.map((application) => [accept, application] as const));
    const sender = await adapter.connect();
    adapter.bus.isAway = one.name === 'unavailable';
    sender.send(
      ...pairs.map(([accept, application], n) => messageOf({ ...one.said, controlId: `M${n}`, accept, application })),
    );
    await until(async () => (await adapter.metric('mllp_messages_total')) === pairs.length);
    adapter.bus.isAway = false;
    sender.send(messageOf({ controlId: 'FENCE', accept: 'AL' }));
    await until(() => sender.answers.at(-1)?.includes('|FENCE') === true);
    const wanted = pairs.map((pair, n) => ({ controlId: `M${n}`, ...expected(acknowledgement, pair, one) }));
    const codes = (when: 'now' | 'later') =>
      wanted.flatMap(({ controlId, [when]: code }) => (code === '' ? [] : [{ code, controlId }]));
    expect(sender.answers.slice(0, -1).map(msa)).toEqual(codes('now'));
    await until(() => peer.received.length >= codes('later').length);
    expect(peer.received.map(msa)).toEqual(codes('later'));
  });
});

describe('an application acknowledgement', () => {
  const ask = async (controlId = 'C1', said: Said = {}) => {
    const sender = await adapter.connect();
    sender.send(messageOf({ controlId, accept: 'NE', application: 'AL', ...said }));
  };

  it('is a message of ours: own MSH-10, MSH-15 AL, MSH-16 NE, MSA-2 of the sender (A2)', async () => {
    register();
    await ask('C1', { charset: 'UNICODE UTF-8' });
    await until(() => peer.received.length === 1);
    const [header = '', answer] = (peer.received[0] ?? '').split('\r');
    const fields = header.split('|');
    expect(fields.slice(2, 6)).toEqual(['ANAMNESIS', 'HUB', 'REG', 'HYD']);
    expect(fields[9]).toMatch(/^[0-9a-z]{10,20}$/);
    expect(fields.slice(10)).toEqual(['P', '2.5.1', '', '', 'AL', 'NE', '', 'UNICODE UTF-8']);
    expect(answer).toBe('MSA|AA|C1');
    await until(async () => (await adapter.metric('mllp_application_acks_total', { result: 'taken' })) === 1);
  });

  it.each([
    ['nothing', () => undefined],
    ['the answer to another message', () => answering('CA', 'other')],
    ['what is no message', () => 'hello\r'],
  ])('is sent again, the same, on a new connection, after %s (A8)', async (_, answer) => {
    register();
    peer.answer = answer;
    await ask();
    await until(() => peer.received.length >= 2);
    peer.answer = (controlId) => answering('CA', controlId);
    await until(async () => (await adapter.metric('mllp_application_acks_total', { result: 'taken' })) === 1);
    expect(new Set(peer.received).size).toBe(1);
    expect(peer.sockets.size).toBe(peer.received.length);
  });

  it('holds up nobody while its listener is away', async () => {
    register({ applicationAcknowledgementTo: '127.0.0.1:1' });
    for (const controlId of ['C1', 'C2']) await ask(controlId);
    await until(async () => (await adapter.metric('mllp_application_acks_total', { result: 'failed-attempt' })) > 1);
    expect(msa(await (await adapter.connect()).ask(messageOf({ controlId: 'C3' }))).code).toBe('AA');
    await adapter.stopAdapter();
  });

  it('that is refused is not sent again, and the next one is', async () => {
    register();
    peer.answer = (controlId, message) => answering(message.includes('|C1') ? 'CR' : 'CA', controlId);
    for (const controlId of ['C1', 'C2']) {
      await ask(controlId);
      await until(() => peer.received.some((one) => msa(one).controlId === controlId));
    }
    await until(async () => (await adapter.metric('mllp_application_acks_total', { result: 'taken' })) === 1);
    expect(await adapter.metric('mllp_application_acks_total', { result: 'refused' })).toBe(1);
    expect(peer.received).toHaveLength(2);
  });

  it('of an acknowledgement is none', async () => {
    register();
    await ask('A1', { type: 'ACK^A08^ACK', pid: null });
    await ask('C2');
    await until(() => peer.received.length === 1);
    expect(peer.received.map(msa)).toEqual([{ code: 'AA', controlId: 'C2' }]);
  });
});
