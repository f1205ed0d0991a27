import { setTimeout as sleep } from 'node:timers/promises';
import { MllpClient } from '../apps/command-line/src/mllp-client.js';
import { adt } from './fixtures/messages.js';

const answerWithinMs = 8000;
/** After a failure; without a pause a sender is busy with nothing else while nobody listens. */
const againAfterMs = 100;
/** Then whoever waits for it is told; an interface engine would go on for ever. */
const triesUntilMs = 600_000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface SendersOptions {
  readonly connections: number;
  readonly patientsEach: number;
  /** Where an adapter listens, asked before each connection: they may move, and there may be several. */
  readonly addresses: () => readonly Address[];
  /** MSH-4 of each connection, in turn. */
  readonly facilities?: readonly string[];
  /** All of them together; default: as fast as they are answered. */
  readonly perSecondMax?: number;
}

/**
 * Senders as interface engines are: the next message of a patient only after the last was acknowledged, the same bytes
 * again until they are, to another adapter after a failure.
 */
export class Senders {
  /** Messages acknowledged, by patient number; their control ids and streets count from 1. */
  readonly acknowledged = new Map<string, number>();
  readonly #options: SendersOptions;
  #count = 0;
  #resent = 0;
  #isStopping = false;
  #lastAnswerAtMs = performance.now();
  #longestSilenceMs = 0;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: SendersOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** Messages whose bytes had to be sent again. */
  get resent(): number {
    return this.#resent;
  }

  /** Between two positive answers, to whomever. */
  get longestSilenceMs(): number {
    return Math.max(this.#longestSilenceMs, this.#isStopping ? 0 : performance.now() - this.#lastAnswerAtMs);
  }

  start(): this {
    this.#lastAnswerAtMs = performance.now();
    this.#running = Promise.all(
      Array.from({ length: this.#options.connections }, (_, connection) => this.#send(connection)),
    );
    this.#running.catch(() => undefined); // thrown by `stop`
    return this;
  }

  /** Each facility once to every adapter, which enrols it there. Resolves when all are acknowledged. */
  async makeContact(): Promise<void> {
    const { addresses, facilities = ['MPK'] } = this.#options;
    const pairs = addresses().flatMap((address) => facilities.map((facility) => [address, facility] as const));
    for (const [index, [address, facility]] of pairs.entries()) {
      const line = new Line(0, () => [address]);
      const number = `C-${index}`;
      await line.deliver(versionOf({ number, sequence: 1, facility }));
      this.acknowledged.set(number, 1);
      this.#noteAnswer();
      line.close();
    }
  }

  /** Resolves when that many are acknowledged; throws what a sender threw. */
  async until(count: number): Promise<void> {
    const enough = async () => {
      while (this.#count < count && !this.#isStopping) await sleep(20);
    };
    await Promise.race([enough(), this.#running]);
  }

  /** Resolves when what was sent is acknowledged. */
  async stop(): Promise<void> {
    this.#longestSilenceMs = this.longestSilenceMs;
    this.#isStopping = true;
    await this.#running;
  }

  async #send(connection: number): Promise<void> {
    const { connections, patientsEach, perSecondMax, facilities = ['MPK'] } = this.#options;
    const line = new Line(connection, this.#options.addresses);
    const everyMs = perSecondMax === undefined ? 0 : (1000 * connections) / perSecondMax;
    const startedAtMs = performance.now();
    for (let turn = 0; !this.#isStopping; turn++) {
      const waitMs = startedAtMs + turn * everyMs - performance.now();
      if (waitMs > 0) await sleep(Math.min(waitMs, everyMs)); // a pace, not a condition
      const number = `K-${connection}-${turn % patientsEach}`;
      const sequence = (this.acknowledged.get(number) ?? 0) + 1;
      const facility = facilities[connection % facilities.length] ?? 'MPK';
      this.#resent += await line.deliver(versionOf({ number, sequence, facility }));
      this.acknowledged.set(number, sequence);
      this.#noteAnswer();
    }
    line.close();
  }

  #noteAnswer(): void {
    const now = performance.now();
    if (!this.#isStopping) this.#longestSilenceMs = Math.max(this.#longestSilenceMs, now - this.#lastAnswerAtMs);
    this.#lastAnswerAtMs = now;
    this.#count++;
  }
}

/** One sender's connection, to one adapter at a time. */
class Line {
  #client: MllpClient | undefined;
  #turn: number;

  constructor(
    connection: number,
    private readonly addresses: () => readonly Address[],
  ) {
    this.#turn = connection;
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  /** Resolves once it is acknowledged, to how often it had to be sent again. */
  async deliver(message: Uint8Array): Promise<number> {
    const deadline = performance.now() + triesUntilMs;
    for (let again = 0; ; again++) {
      const answer = await this.#try(message);
      if (answer?.includes('\rMSA|AA|') === true) return again;
      if (answer?.includes('\rMSA|AR|') === false) throw new Error(`neither taken nor put off: ${answer}`);
      if (performance.now() > deadline)
        throw new Error(`not acknowledged in ${triesUntilMs} ms: ${answer ?? 'no answer'}`);
      this.close();
      this.#turn++;
      await sleep(againAfterMs);
    }
  }

  async #try(message: Uint8Array): Promise<string | undefined> {
    try {
      this.#client ??= await MllpClient.connect(this.#address());
      return Buffer.from(await this.#client.send(message, answerWithinMs)).toString('latin1');
    } catch {
      return undefined; // whatever it was, the message is sent again
    }
  }

  #address(): Address {
    const all = this.addresses();
    const address = all[this.#turn % all.length];
    if (address === undefined) throw new Error('no adapter to send to');
    return address;
  }
}

function versionOf({ number, sequence, facility }: { number: string; sequence: number; facility: string }): Uint8Array {
  const at = `202603${String(1 + Math.floor(sequence / 3600)).padStart(2, '0')}${time(sequence)}+0000`;
  const trigger = sequence === 1 ? 'A04' : 'A08';
  const street = String(sequence);
  return adt({ controlId: `${number}-${sequence}`, number, trigger, street, at, facility });
}

function time(sequence: number): string {
  const part = (value: number) => String(value).padStart(2, '0');
  return `12${part(Math.floor(sequence / 60) % 60)}${part(sequence % 60)}`;
}
