import { afterEach, describe, expect, it } from '@jest/globals';
import { Metrics, readSettings } from '@anamnesis/runtime';
import { framed, Sender } from '../../test/sender.js';
import { until } from '../../test/until.js';
import { AdapterMetrics } from '../adapter-metrics.js';
import { heldBytesOf, type Block, type Receive } from './block.js';
import { AdapterHl7Settings } from '../config.js';
import { MllpServer } from './mllp-server.js';
import { WorkGate } from './work-gate.js';

const echo: Receive = (blocks) =>
  Promise.resolve(
    blocks.map((block) => ({ answer: block.kind === 'message' ? block.bytes : Buffer.from('too large') })),
  );

let running: { server: MllpServer; port: number; metrics: AdapterMetrics; registry: Metrics } | undefined;
let senders: Sender[] = [];

async function start(environment: Record<string, string> = {}, receive: Receive = echo) {
  const settings = readSettings(AdapterHl7Settings, { MLLP_PORT: '0', ...environment });
  const registry = new Metrics();
  const metrics = new AdapterMetrics(registry);
  const server = new MllpServer({ settings, receive, metrics, gate: new WorkGate(settings.MLLP_WORK_BYTES_MAX) });
  const { port } = (await server.start()).mllp;
  running = { server, port, metrics, registry };
  return running;
}

async function connect(): Promise<Sender> {
  const sender = await Sender.connect(running?.port ?? 0);
  senders.push(sender);
  return sender;
}

/** Value of one metric, summed over its labels that match. */
async function metric(name: string, labels: Record<string, string> = {}): Promise<number> {
  const all = (await running?.registry.registry.getMetricsAsJSON()) ?? [];
  const values = all.find((one) => one.name === `anamnesis_${name}`)?.values ?? [];
  return values
    .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

afterEach(async () => {
  for (const sender of senders) sender.end();
  senders = [];
  await running?.server.stop();
  running = undefined;
});

const text = (n: number) => `message ${n}\r`;
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('MllpServer', () => {
  it('takes a block however it is cut, with noise before and after (F1, F2)', async () => {
    await start();
    const sender = await connect();
    const bytes = Buffer.concat([Buffer.from('noise'), framed('one \u001c two \u000b three\r'), Buffer.from('\r\n')]);
    for (let at = 1; at < bytes.length; at++) {
      sender.socket.write(bytes.subarray(0, at));
      await new Promise((resolve) => setImmediate(resolve));
      sender.socket.write(bytes.subarray(at));
      await sender.answered(at);
    }
    expect(new Set(sender.answers)).toEqual(new Set(['one \u001c two \u000b three\r']));
    expect(sender.answers).toHaveLength(bytes.length - 1);
    expect(await metric('mllp_noise_bytes_total')).toBeGreaterThanOrEqual(5 * (bytes.length - 1));
  });

  it('answers pipelined blocks in order of receipt, one batch at a time (F5)', async () => {
    let inside = 0;
    let insideMost = 0;
    const slow: Receive = async (blocks, peer) => {
      insideMost = Math.max(insideMost, ++inside);
      for (let n = Math.random() * 3; n > 0; n--) await new Promise((resolve) => setImmediate(resolve));
      inside--;
      return echo(blocks, peer);
    };
    await start({}, slow);
    const sender = await connect();
    sender.send(...range(500).map(text));
    expect(await sender.answered(500)).toEqual(range(500).map(text));
    expect(insideMost).toBe(1);
  });

  it('answers a sender that closed its half after the last block', async () => {
    await start();
    const sender = await connect();
    sender.send(text(1), text(2));
    sender.socket.end();
    expect(await sender.answered(2)).toEqual([text(1), text(2)]);
    await sender.closed();
  });

  it('answers a block over the limit, reads on and stays usable (F4)', async () => {
    const seen: Block[] = [];
    await start({ MLLP_BLOCK_BYTES_MAX: '2048' }, (blocks, peer) => {
      seen.push(...blocks);
      return echo(blocks, peer);
    });
    const sender = await connect();
    sender.send(text(1), 'x'.repeat(100_000), text(2));
    expect(await sender.answered(3)).toEqual([text(1), 'too large\r', text(2)]);
    expect(seen[1]).toMatchObject({ kind: 'too-large', sizeBytes: 100_001 });
  });

  it('drops a block that does not end and closes (F4)', async () => {
    await start({ MLLP_PARTIAL_FRAME_TIMEOUT_MS: '50' });
    const sender = await connect();
    sender.send(text(1));
    sender.socket.write('\u000bMSH|half a block');
    await sender.closed();
    expect(sender.answers).toEqual([text(1)]);
    expect(await metric('mllp_connections_closed_total', { reason: 'partial-timeout' })).toBe(1);
  });

  it('closes an idle connection only when told to', async () => {
    await start({ MLLP_IDLE_TIMEOUT_MS: '50' });
    const sender = await connect();
    await sender.closed();
    expect(await metric('mllp_connections_closed_total', { reason: 'idle' })).toBe(1);
  });

  it('closes the connection after the last permitted one at once, and takes another when one ends', async () => {
    await start({ MLLP_CONNECTIONS_MAX: '2' });
    const first = await connect();
    await connect();
    await until(async () => (await metric('mllp_connections')) === 2);
    await (await connect()).closed();
    expect(await metric('mllp_connections_closed_total', { reason: 'too-many' })).toBe(1);
    first.end();
    await until(async () => (await metric('mllp_connections')) === 1);
    const next = await connect();
    expect(await next.ask(text(1))).toBe(text(1));
  });

  it('serves 300 connections, idle and busy', async () => {
    await start();
    const all = await Promise.all(range(300).map(() => connect()));
    const busy = all.filter((_, n) => n % 30 === 0);
    for (const sender of busy) sender.send(...range(50).map(text));
    for (const sender of busy) expect(await sender.answered(50)).toEqual(range(50).map(text));
    await until(async () => (await metric('mllp_connections')) === 300);
    expect(await all[299]?.ask(text(7))).toBe(text(7));
  });

  it('stops reading a sender that does not read its answers, and cuts it in the end', async () => {
    let received = 0;
    const wordy: Receive = (blocks) => {
      received += blocks.length;
      return Promise.resolve(blocks.map(() => ({ answer: Buffer.alloc(64 * 1024, 'a') })));
    };
    await start({ MLLP_ANSWER_BYTES_MAX: '65536', MLLP_WRITE_TIMEOUT_MS: '300' }, wordy);
    const sender = await connect();
    sender.socket.pause();
    const long = 'w'.repeat(8000);
    sender.send(...range(4000).map(() => long));
    await until(async () => (await metric('mllp_connections_closed_total', { reason: 'write-timeout' })) === 1);
    // What the two kernels buffer is taken (some megabytes), not the 262 MB of answers to all of it.
    expect(received * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
  });

  it('holds no more bytes than the budget, one block and a read per connection, and answers all', async () => {
    let heldMost = 0;
    const receive: Receive = async (blocks, peer) => {
      heldMost = Math.max(heldMost, running?.server.heldBytes ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
      return echo(
        blocks.map((block) => ({ kind: 'message', bytes: Buffer.from(String(heldBytesOf(block))) })),
        peer,
      );
    };
    await start({ MLLP_HELD_BYTES_MAX: String(1024 * 1024), MLLP_BLOCK_BYTES_MAX: String(1024 * 1024) }, receive);
    const block = 'y'.repeat(700_000);
    const all = await Promise.all(range(12).map(() => connect()));
    for (const sender of all) sender.send(block, block);
    for (const sender of all) expect(await sender.answered(2)).toEqual(['700001\r', '700001\r']);
    expect(heldMost).toBeLessThan(1024 * 1024 + 2 * 700_001 + 12 * 2 * 65_536);
    expect(running?.server.heldBytes).toBe(0);
  });

  it('closes who holds the only way forward and does not go on, so that others do', async () => {
    await start({
      MLLP_HELD_BYTES_MAX: String(1024 * 1024),
      MLLP_BLOCK_BYTES_MAX: String(2 * 1024 * 1024),
      MLLP_PARTIAL_FRAME_TIMEOUT_MS: '200',
    });
    const stuck = await connect();
    stuck.socket.write(`\u000b${'z'.repeat(1_500_000)}`);
    const trickle = setInterval(() => stuck.socket.write('z'), 20);
    await until(() => (running?.server.heldBytes ?? 0) > 1024 * 1024);
    // A few lines are read whatever others hold; more have to wait.
    const small = await connect();
    expect(await small.ask(text(1))).toBe(text(1));
    const other = await connect();
    const long = 'o'.repeat(200_000);
    expect(await other.ask(long)).toBe(`${long}\r`);
    clearInterval(trickle);
    await stuck.closed();
    expect(await metric('mllp_connections_closed_total', { reason: 'starved' })).toBe(1);
  });

  it('stops by answering what it has and taking no more', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let taken = 0;
    const receive: Receive = async (blocks, peer) => {
      taken += blocks.length;
      await held;
      return echo(blocks, peer);
    };
    const { server, port } = await start({}, receive);
    const sender = await connect();
    sender.send(text(1));
    await until(() => taken === 1);
    sender.send(text(2));
    await until(() => server.heldBytes > text(1).length);
    const stopped = server.stop();
    release();
    expect(await sender.answered(2)).toEqual([text(1), text(2)]);
    await sender.closed();
    await stopped;
    await expect(Sender.connect(port)).rejects.toThrow('ECONNREFUSED');
    running = undefined;
  });

  it('cuts what does not end in time when stopping', async () => {
    const { server } = await start({ MLLP_DRAIN_TIMEOUT_MS: '50' }, () => new Promise(() => undefined));
    const sender = await connect();
    sender.send(text(1));
    await until(() => server.heldBytes > 0);
    await server.stop();
    await sender.closed();
    expect(sender.answers).toEqual([]);
    running = undefined;
  });
});
