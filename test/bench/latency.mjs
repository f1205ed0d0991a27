// `npm run bench -- [--seconds 15] [--only closed-16,open-300]`: acknowledgement latency, throughput, CPU and memory of the
// embedded product on this machine. This process generates the load; the product runs in one of its own on a fresh data
// directory (BENCH_DIR decides the disk). A benchmark, not a test: nothing fails on a figure.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MllpClient } from '../../dist/apps/standalone/apps/command-line/src/mllp-client.js';
import { at as share } from './load.mjs';
import { mixes } from './messages.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    only: { type: 'string' },
    rate: { type: 'string', default: '300' },
  },
});
const durationMs = Number(values.seconds) * 1000;
const rate = Number(values.rate);
const patients = 2000;

const runs = {
  'closed-1': { title: 'closed loop, 1 connection', run: (target) => closedLoop(target, 1) },
  'closed-16': { title: 'closed loop, 16 connections', run: (target) => closedLoop(target, 16) },
  'open-300': { title: `open loop, ${rate}/s over 16 connections`, run: (target) => openLoop(target, 16) },
};

const wanted = values.only?.split(',') ?? Object.keys(runs);
console.log(`${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`);
console.log('mix: 3 ADT^A08 (0.4 KB), 1 ORU^R01 (0.5 KB), all from enrolled sources; latency from write to answer\n');
const table = [];
for (const name of wanted) {
  const { title, run } = runs[name];
  const product = await startProduct();
  await warmUp(product);
  const before = usage(product.child.pid);
  const result = await run(product);
  const after = usage(product.child.pid);
  const rssPeakMb = after.rssPeakMb;
  table.push({
    run: title,
    'msg/s': Math.round(result.latenciesMs.length / result.seconds),
    'p50 ms': at(result.latenciesMs, 0.5),
    'p95 ms': at(result.latenciesMs, 0.95),
    'p99 ms': at(result.latenciesMs, 0.99),
    'not AA': result.negative,
    'CPU s/1000': ((after.cpuSeconds - before.cpuSeconds) / (result.latenciesMs.length / 1000)).toFixed(2),
    'visible p99 ms': result.visibleMs ? at(result.visibleMs, 0.99) : '',
    'provable p99 ms': result.provableMs ? at(result.provableMs, 0.99) : '',
    'drained s': await drained(product),
    'RSS peak MB': rssPeakMb,
  });
  product.child.kill('SIGTERM');
  await once(product.child, 'exit');
  rmSync(product.directory, { recursive: true });
}
console.table(table);

/** Each connection sends the next message when the last one is answered. */
async function closedLoop({ sandbox }, connections) {
  const latenciesMs = [];
  const counts = { negative: 0 };
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      const client = await MllpClient.connect(sandbox.mllp);
      for (let n = 0; performance.now() - startedAt < durationMs; n++)
        await timed(client, message(`C${connection}-${n}`, n * connections + connection), { latenciesMs, counts });
      client.close();
    }),
  );
  return { latenciesMs, negative: counts.negative, seconds: (performance.now() - startedAt) / 1000 };
}

/** Messages leave at their time, whether or not the earlier ones are answered: waiting counts as latency. */
async function openLoop(product, connections) {
  const clients = await Promise.all(
    Array.from({ length: connections }, () => MllpClient.connect(product.sandbox.mllp)),
  );
  const latenciesMs = [];
  const counts = { negative: 0 };
  const samples = [];
  const pending = [];
  const startedAt = performance.now();
  for (let n = 0; performance.now() - startedAt < durationMs; n++) {
    const dueAt = startedAt + (n * 1000) / rate;
    if (dueAt > performance.now()) await sleep(dueAt - performance.now());
    const controlId = `O-${n}`;
    pending.push(timed(clients[n % connections], message(controlId, n), { latenciesMs, counts, since: dueAt }));
    // One a second, asked for ten times a second: each question is audited, and must not become the load.
    if (n % rate === 0) samples.push(followed(product, controlId));
  }
  await Promise.all(pending);
  const seconds = (performance.now() - startedAt) / 1000;
  const followedSamples = await Promise.all(samples);
  for (const client of clients) client.close();
  return {
    latenciesMs,
    negative: counts.negative,
    seconds,
    visibleMs: followedSamples.map(({ visible }) => visible),
    provableMs: followedSamples.map(({ provable }) => provable),
  };
}

async function timed(client, bytes, { latenciesMs, counts, since = performance.now() }) {
  const answer = await client.send(bytes);
  latenciesMs.push(performance.now() - since);
  if (!Buffer.from(answer).includes('\rMSA|AA|')) counts.negative++;
}

/** From sending to the first time the message is seen in the history, and seen anchored. */
async function followed({ sandbox }, controlId) {
  const sentAt = performance.now();
  const headers = { authorization: `Bearer ${sandbox.tokens.clinician}` };
  let visible;
  for (;;) {
    const response = await fetch(`${sandbox.http.baseUrl}/messages?controlId=${controlId}`, { headers });
    const [row] = await response.json();
    if (row && visible === undefined) visible = performance.now() - sentAt;
    if (row?.state === 'anchored') return { visible, provable: performance.now() - sentAt };
    if (performance.now() - sentAt > 120_000) return { visible: visible ?? Infinity, provable: Infinity };
    await sleep(100);
  }
}

/** Seconds until the last message sent is anchored: what the pipeline was behind. */
async function drained(product) {
  const startedAt = performance.now();
  const client = await MllpClient.connect(product.sandbox.mllp);
  await client.send(message('LAST', 0));
  client.close();
  await followed(product, 'LAST');
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

async function warmUp({ sandbox }) {
  const client = await MllpClient.connect(sandbox.mllp);
  for (let n = 0; n < 300; n++) await client.send(message(`W-${n}`, n));
  client.close();
  await sleep(2000);
}

async function startProduct() {
  const directory = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'anamnesis-bench-'));
  const env = { PATH: process.env.PATH, DATA_DIR: directory, HTTP_PORT: '0', MLLP_PORT: '0', LOG_LEVEL: 'warn' };
  const main = 'dist/product/standalone.js';
  // As `npm start` runs it.
  const flags = (process.env.BENCH_NODE_FLAGS ?? '--max-semi-space-size=4 --enable-source-maps').split(' ');
  const child = spawn(process.execPath, [...flags, main], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const file = join(directory, 'sandbox.json');
  while (!existsSync(file)) await sleep(50);
  return { child, directory, sandbox: JSON.parse(readFileSync(file, 'utf8')) };
}

/** CPU time and peak resident memory as Linux counts them; other systems show nothing. */
function usage(pid) {
  if (!existsSync(`/proc/${pid}/stat`)) return { cpuSeconds: NaN, rssPeakMb: NaN };
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
  return { cpuSeconds: (Number(stat[11]) + Number(stat[12])) / 100, rssPeakMb: Math.round(Number(peak) / 1024) };
}

function at(values_, part) {
  return share(values_, part).toFixed(1);
}

function message(controlId, n) {
  return Buffer.from(mixes.small(controlId, n, patients), 'utf8');
}
