// What `npm run bench -- pipeline` measures, one function each. Every one takes a running product and gives plain figures.
import { setTimeout as sleep } from 'node:timers/promises';
import { closedLoop, connectAll, openLoop, spread } from './load.mjs';
import { mixes } from './messages.mjs';
import { load, memoryOf, meter } from './usage.mjs';

const patients = 2000;
const visibleMsMax = 600_000;
/** Between two questions whether a message is seen: each is audited, and must not become the load. */
const askMs = 100;
/** The same for its proof: what is followed waits for that most of its time, and asking would cost more than being asked about. */
const askProofMs = 250;

let runs = 0;
const prefixOf = () => `R${process.pid % 1000}x${++runs}`;

/** Enrols the source, fills caches, and lets the compilers see the code. */
export async function warmUp(product, { count = 1500, mix = 'small' } = {}) {
  const { last } = await closed(product, { connections: 4, count, mix });
  await visible(product, last);
}

/** Messages at a rate: acknowledgement, visibility and proof as a sender and a reader feel them. */
export async function paced(product, { rate, seconds, connections = 16, make = makeOf('small') }) {
  const senders = await connectAll(product.mllp, connections);
  const samples = [];
  const costs = meter(product.processes());
  const { latenciesMs, notAccepted, ...sent } = await openLoop({
    senders,
    rate,
    durationMs: seconds * 1000,
    prefix: prefixOf(),
    make,
    onSent: (controlId, n) => n % Math.ceil(rate / 2) === 0 && samples.push(followed(product, controlId)),
  });
  const state = load();
  const seen = await Promise.all(samples);
  for (const sender of senders) sender.close();
  return {
    title: `${rate}/s over ${connections} connections`,
    rate: Math.round(latenciesMs.length / sent.seconds),
    ackMs: spread(latenciesMs),
    notAccepted,
    visibleMs: spread(seen.map((one) => one.visibleMs)),
    provableMs: spread(seen.map((one) => one.provableMs)),
    samples: seen.length,
    cpu: costs.per(latenciesMs.length),
    rssMb: memoryOf(product.processes()),
    load: state,
  };
}

/** As fast as acknowledgements come, and how long until everything is certified and visible. */
export async function sustained(product, { seconds, connections = 16, mix = 'small' }) {
  const costs = meter(product.processes());
  const startedAt = performance.now();
  const result = await closed(product, { connections, durationMs: seconds * 1000, mix });
  const state = load();
  await visible(product, result.last);
  const count = result.latenciesMs.length;
  return {
    title: `closed loop, ${connections} connections, ${mix}`,
    ackRate: Math.round(count / result.seconds),
    visibleRate: Math.round((count * 1000) / (performance.now() - startedAt)),
    ackMs: spread(result.latenciesMs),
    notAccepted: result.notAccepted,
    cpu: costs.per(count),
    rssMb: memoryOf(product.processes()),
    load: state,
  };
}

/** What waits while registration, query and ledger writer are away, and how fast they catch up with it. */
export async function catchUp(product, { count, mix = 'small' }) {
  const away = ['query', 'ledger-writer', 'registration'];
  for (const app of away) await product.stopApp(app);
  const { last } = await closed(product, { connections: 16, count, mix });
  const startedAt = performance.now();
  await product.startApp('registration');
  await Promise.all(['query', 'ledger-writer'].map((app) => product.startApp(app)));
  const readyAt = performance.now();
  const costs = meter(product.processes());
  await visible(product, last);
  const now = performance.now();
  return {
    title: `${count} ${mix} waiting`,
    rate: Math.round((count * 1000) / (now - startedAt)),
    rateSinceReady: Math.round((count * 1000) / (now - readyAt)),
    startSeconds: Math.round((readyAt - startedAt) / 100) / 10,
    cpu: costs.per(count),
    load: load(),
  };
}

/** The adapter and Kafka alone: read, judged, mapped, signed and on disk before AA. The other apps are away. */
export async function intakeAlone(product, { seconds, connections, mix = 'typical' }) {
  const rows = [];
  for (const app of ['query', 'ledger-writer', 'registration']) await product.stopApp(app);
  await closed(product, { connections: 4, count: 2000, mix });
  const processes = product.processes();
  const measured = Object.fromEntries(
    ['adapter-hl7', 'kafka', 'load generator'].map((name) => [name, processes[name]]),
  );
  for (const each of connections) {
    const costs = meter(measured);
    const { latenciesMs, notAccepted, ...sent } = await closed(product, {
      connections: each,
      durationMs: seconds * 1000,
      mix,
    });
    rows.push({
      connections: each,
      rate: Math.round(latenciesMs.length / sent.seconds),
      ackMs: spread(latenciesMs),
      notAccepted,
      cpu: costs.per(latenciesMs.length),
      load: load(),
    });
  }
  return rows;
}

/** Connections that say nothing beside connections that send once a second. */
export async function manyConnections(product, { idle, active, seconds }) {
  const silent = await connectAll(product.mllp, idle);
  const before = memoryOf(product.processes());
  const result = await paced(product, { rate: active, seconds, connections: active });
  const still = await silent[0].send(mixes.small(`${prefixOf()}-idle`, 0, patients));
  for (const sender of silent) sender.close();
  return {
    ...result,
    title: `${idle} idle and ${active} active connections`,
    isIdleAnswered: still,
    rssBefore: before,
  };
}

/** From sending to the first time the message is in the history, and to its proof. */
async function followed(product, controlId) {
  const sentAt = performance.now();
  let visibleMs;
  for (;;) {
    const row = await messageRow(product, controlId);
    const nowMs = performance.now() - sentAt;
    if (row !== undefined) visibleMs ??= nowMs;
    if (row?.state === 'anchored') return { visibleMs, provableMs: nowMs };
    if (nowMs > visibleMsMax) throw new Error(`${controlId}: not anchored after ${visibleMsMax} ms`);
    await sleep(row === undefined ? askMs : askProofMs);
  }
}

/** Resolves when everything sent before is visible: a last message of each partition stands behind all others. */
async function visible(product, last) {
  const senders = await connectAll(product.mllp, 1);
  const marks = Array.from({ length: 32 }, (_, n) => `${last}-m${n}`);
  // Of many patients: among them every partition has one.
  for (const [n, controlId] of marks.entries()) await senders[0].send(mixes.small(controlId, n * 61, patients));
  senders[0].close();
  const startedAt = performance.now();
  for (const controlId of [last, ...marks])
    while ((await messageRow(product, controlId)) === undefined) {
      if (performance.now() - startedAt > visibleMsMax) throw new Error(`${controlId}: not visible`);
      await sleep(askMs);
    }
}

async function messageRow({ queryUrl, tokens }, controlId) {
  const headers = { authorization: `Bearer ${tokens.clinician}` };
  try {
    const response = await fetch(`${queryUrl}/messages?controlId=${controlId}`, { headers });
    const rows = await response.json();
    return Array.isArray(rows) ? rows[0] : undefined;
  } catch {
    return undefined; // between two starts nobody answers: it is asked again
  }
}

async function closed(product, { connections, mix, durationMs, count }) {
  const senders = await connectAll(product.mllp, connections);
  const result = await closedLoop({ senders, prefix: prefixOf(), make: makeOf(mix), durationMs, count });
  for (const sender of senders) sender.close();
  return result;
}

function makeOf(mix) {
  return (controlId, n) => mixes[mix](controlId, n, patients);
}
