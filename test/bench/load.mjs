// The load generator: MLLP connections that cost little, since they share the machine with what is measured.
import { once } from 'node:events';
import { connect } from 'node:net';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { framed } from './messages.mjs';

const frameEnd = 0x1c;
const accepted = Buffer.from('\rMSA|AA|');
const silenceMsMax = 60_000;

/** One sender: the next message goes out when the last one is answered, or at its time. */
export class Sender {
  #socket;
  #waiting = [];
  #rest = Buffer.alloc(0);

  static async connect({ host, port }) {
    const socket = connect(port, host);
    await once(socket, 'connect');
    return new Sender(socket);
  }

  constructor(socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    const fail = () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection ended before its answer'));
    };
    socket.on('error', fail);
    socket.on('close', fail);
  }

  /** Resolves to whether the answer was AA. */
  send(text) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(framed(text));
    });
  }

  close() {
    this.#socket.destroy();
  }

  #read(chunk) {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let at = bytes.indexOf(frameEnd); at !== -1; at = bytes.indexOf(frameEnd)) {
      this.#waiting.shift()?.resolve(bytes.subarray(0, at).includes(accepted));
      bytes = bytes.subarray(at + 2);
    }
    this.#rest = bytes;
  }
}

/** So many connections to the addresses in turn. */
export function connectAll(addresses, count) {
  return Promise.all(Array.from({ length: count }, (_, n) => Sender.connect(addresses[n % addresses.length])));
}

/**
 * Each connection sends the next message when the last one is answered, for so many milliseconds or so many messages.
 * `make(controlId, n)` gives the text of the n-th.
 */
export async function closedLoop({ senders, durationMs = Infinity, count = Infinity, prefix, make, onSent }) {
  const result = { latenciesMs: [], notAccepted: 0 };
  const startedAt = performance.now();
  let next = 0;
  const work = async (sender) => {
    while (next < count && performance.now() - startedAt < durationMs) {
      const n = next++;
      const controlId = `${prefix}-${n}`;
      await timed(result, { sender, text: make(controlId, n) });
      onSent?.(controlId, n);
    }
  };
  await guarded(result, Promise.all(senders.map(work)));
  return { ...result, seconds: (performance.now() - startedAt) / 1000, last: `${prefix}-${next - 1}` };
}

/** Messages leave at their time, whether or not the earlier ones are answered: waiting counts as latency. */
export async function openLoop({ senders, durationMs, rate, prefix, make, onSent }) {
  const result = { latenciesMs: [], notAccepted: 0 };
  const pending = [];
  const startedAt = performance.now();
  let n = 0;
  for (; performance.now() - startedAt < durationMs; n++) {
    const since = startedAt + (n * 1000) / rate;
    if (since > performance.now()) await sleep(since - performance.now());
    const controlId = `${prefix}-${n}`;
    pending.push(timed(result, { sender: senders[n % senders.length], text: make(controlId, n), since }));
    onSent?.(controlId, n);
  }
  await guarded(result, Promise.all(pending));
  return { ...result, seconds: (performance.now() - startedAt) / 1000, last: `${prefix}-${n - 1}` };
}

async function timed(result, { sender, text, since = performance.now() }) {
  const isAccepted = await sender.send(text);
  result.latenciesMs.push(performance.now() - since);
  if (!isAccepted) result.notAccepted++;
}

/** Fails when no answer has come for a minute: one look a second costs less than a deadline for each message. */
async function guarded(result, work) {
  let timer;
  const late = new Promise((_, reject) => {
    let seen = -1;
    let seenAtMs = 0;
    timer = setInterval(() => {
      if (result.latenciesMs.length !== seen) seenAtMs = performance.now();
      else if (performance.now() - seenAtMs > silenceMsMax) reject(new Error('no answer for a minute'));
      seen = result.latenciesMs.length;
    }, 1000);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearInterval(timer);
  }
}

/** The value below which this share of the values lies, with one decimal. */
export function at(values, share) {
  const sorted = Float64Array.from(values).sort();
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return Math.round(value * 10) / 10;
}

export function spread(latenciesMs) {
  return { p50: at(latenciesMs, 0.5), p95: at(latenciesMs, 0.95), p99: at(latenciesMs, 0.99) };
}
