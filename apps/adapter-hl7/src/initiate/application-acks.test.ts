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
  adapter = await RunningAdapter.start({ APPLICATION_ACK_TIMEOUT_MS: '300', APPLICATION_ACK_POLL_MS: '10' });
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

/**
 * A2 and A3, by hand: what comes on the same socket; the refusal that is told later; whether registration is asked to
 * answer later, once it has decided.
 */
function expected(policy: string, [accept, application]: readonly [string, string], one: (typeof cases)[number]) {
  const isGood = one.original === 'AA';
  const isOriginal = accept === '' && application === '';
  if (policy === 'original') return { now: one.original, later: '', asked: '' };
  const asked = isGood && !isOriginal && application !== '' && application !== 'NE' ? 'asked' : '';
  // What could not be stored is not told later either: silence has the sender send it again.
  const later = !isGood && one.name !== 'unavailable' && isWanted(application, false) ? one.original : '';
  if (isOriginal && policy !== 'enhanced') return { now: one.original, later, asked };
  const said = accept === '' && policy === 'enhanced' ? 'AL' : accept;
  const now = policy === 'enhanced-answer-AA' ? one.original : one.accept;
  return { now: isWanted(said, isGood) ? now : '', later, asked };
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
    const refusals = await adapter.records('intake.refused');
    const owed = refusals.flatMap(({ body }) => (body.length === 0 ? [] : [msa(Buffer.from(body).toString())]));
    expect(owed).toEqual(codes('later'));
    const asked = (await adapter.events()).flatMap(({ source, resources }) =>
      resources.acknowledge === undefined ? [] : [source.messageId],
    );
    expect(asked).toEqual(wanted.flatMap(({ controlId, asked }) => (asked === '' ? [] : [controlId])));
  });
});

describe('what the sender is owed', () => {
  it('is on the bus with each event of its message: how many there are, and how it writes', async () => {
    register();
    const sender = await adapter.connect();
    const text = messageOf({ accept: 'AL', application: 'AL' });
    await sender.ask(text);
    const [event] = await adapter.events();
    const msh = Buffer.from(event?.resources.acknowledge?.msh ?? '', 'base64').toString();
    expect([event?.resources.acknowledge?.events, msh]).toEqual([1, text.split('\r')[0]]);
  });

  it('of a refused message is written already, a message of ours: own MSH-10, MSH-15 AL, MSH-16 NE (A2)', async () => {
    register();
    const sender = await adapter.connect();
    const charset = 'UNICODE UTF-8';
    await sender.ask(messageOf({ accept: 'AL', application: 'ER', charset, processingId: 'T' }));
    const [record] = await adapter.records('intake.refused');
    const [header = '', answer] = Buffer.from(record?.body ?? [])
      .toString()
      .split('\r');
    const fields = header.split('|');
    expect(fields.slice(2, 6)).toEqual(['ANAMNESIS', 'HUB', 'REG', 'HYD']);
    expect(record?.header['acknowledgement']).toEqual({ code: 'AR', controlId: fields[9] });
    expect(fields.slice(10)).toEqual(['T', '2.5.1', '', '', 'AL', 'NE', '', charset]);
    expect(answer).toBe('MSA|AR|C1');
  });

  it('of an acknowledgement is nothing', async () => {
    register();
    const sender = await adapter.connect();
    await sender.ask(messageOf({ controlId: 'A1', type: 'ACK^A08^ACK', pid: null, accept: 'AL', application: 'AL' }));
    expect((await adapter.events()).map(({ resources }) => resources.acknowledge)).toEqual([undefined]);
  });
});

describe('an application acknowledgement', () => {
  const ack = (n: number) => ({
    id: `a${n}`,
    controlId: `OURS${n}`,
    content: Buffer.from(`MSH|^~\\&|ANAMNESIS|HUB|||||ACK|OURS${n}|P|2.5.1\rMSA|AA|C${n}\r`).toString('base64'),
  });
  const owe = (...numbers: readonly number[]) => {
    const sourceId = 'pgzyk62oo3gfh47o';
    adapter.registration.leases.push({ sourceId, to: peer.address, acknowledgements: numbers.map(ack) });
  };
  const results = async () => {
    await until(() => adapter.registration.results.length > 0);
    const [{ settled, isFailed } = { settled: [], isFailed: undefined }] = adapter.registration.results;
    return { settled: settled.map(({ id, answer }) => `${id} ${answer}`), isFailed };
  };

  it('is sent in order, one when the one before is answered, and said to be settled', async () => {
    register();
    owe(1, 2, 3);
    expect(await results()).toEqual({ settled: ['a1 CA', 'a2 CA', 'a3 CA'], isFailed: false });
    expect(peer.received.map(msa)).toEqual([1, 2, 3].map((n) => ({ code: 'AA', controlId: `C${n}` })));
    expect(peer.sockets.size).toBe(1);
  });

  it('that is refused is settled too, and the next one is sent', async () => {
    register();
    peer.answer = (controlId) => answering(controlId === 'OURS1' ? 'CR' : 'CA', controlId);
    owe(1, 2);
    expect(await results()).toEqual({ settled: ['a1 CR', 'a2 CA'], isFailed: false });
    expect(await adapter.metric('mllp_application_acks_total', { result: 'refused' })).toBe(1);
  });

  it.each([
    ['nothing', () => undefined],
    ['the answer to another message', () => answering('CA', 'other')],
    ['what is no message', () => 'hello\r'],
  ])('holds back those behind it after %s (A8)', async (_, answer) => {
    register();
    peer.answer = (controlId) => (controlId === 'OURS2' ? answer() : answering('CA', controlId));
    owe(1, 2, 3);
    expect(await results()).toEqual({ settled: ['a1 CA'], isFailed: true });
    expect(peer.received).toHaveLength(2);
  });

  it('is asked for by nobody where no source has a listener, and by no listener that holds up another', async () => {
    const known = sourceOf({ facility: 'HYD', application: 'REG' });
    adapter.registry.apply(known);
    owe(1);
    expect(msa(await (await adapter.connect()).ask(messageOf())).code).toBe('AA');
    expect(adapter.registration.leases).toHaveLength(1);
    const silent = await Peer.open();
    silent.answer = () => undefined;
    adapter.registration.leases.unshift({ sourceId: 'other', to: silent.address, acknowledgements: [ack(9)] });
    register();
    await until(() => adapter.registration.results.length === 2);
    expect(adapter.registration.results.map(({ sourceId }) => sourceId)).toEqual(['pgzyk62oo3gfh47o', 'other']);
    silent.close();
  });

  it('is settled before the adapter is stopped, as far as it was sent', async () => {
    register();
    owe(1);
    await until(() => peer.received.length === 1);
    await adapter.stopAdapter();
    expect(adapter.registration.results.flatMap(({ settled }) => settled)).toEqual([{ id: 'a1', answer: 'CA' }]);
  });
});
