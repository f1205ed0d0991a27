import type { Socket } from 'node:net';
import { FrameDecoder, type FrameEvent } from '@anamnesis/hl7v2';
import type { AdapterMetrics } from '../adapter-metrics.js';
import { type Block, heldBytesOf, type Peer, type Receive, type Reception } from './block.js';
import type { ByteBudget, ByteHolder } from './byte-budget.js';
import type { AdapterHl7Settings } from '../config.js';
import { clientCertificateOf } from '../tls/client-certificate.js';
import { frameAnswer } from './frame-answer.js';
import type { WorkGate } from './work-gate.js';

export interface ConnectionOptions {
  readonly settings: AdapterHl7Settings;
  readonly receive: Receive;
  readonly budget: ByteBudget;
  readonly gate: WorkGate;
  readonly metrics: AdapterMetrics;
  readonly onClosed: (connection: Connection) => void;
}

function peerOf(socket: Socket): Peer {
  const address = socket.remoteAddress ?? '';
  const certificate = clientCertificateOf(socket);
  return certificate === undefined ? { address } : { address, certificate };
}

const batchBytesMax = 1024 * 1024;
/** For the sender to read the last answers and close its half. */
const lingerMs = 1000;

export type CloseReason =
  'defect' | 'partial-timeout' | 'write-timeout' | 'idle' | 'starved' | 'unavailable' | 'drain-timeout';

/**
 * One sender's socket. Blocks are taken in the order they came, one publish at a time with all that arrived meanwhile,
 * and answered in that order (hl7v2.md F5, D5). It stops reading while too much waits: in its own queue, in its unread
 * answers, or over all connections.
 */
export class Connection implements ByteHolder {
  readonly #decoder: FrameDecoder;
  readonly #peer: Peer;
  #queue: { readonly block: Block; readonly atMs: number }[] = [];
  #queuedBytes = 0;
  #workBytes = 0;
  #isWorking = false;
  /** The sender said its last word, or we do not listen any more. */
  #isEnding = false;
  #isStarved = false;
  /** Since then the last answer is written and our half is closed. */
  #endedAtMs: number | undefined;
  #onDrained: (() => void) | undefined;
  #readAtMs = performance.now();
  #wroteAtMs = performance.now();

  constructor(
    private readonly socket: Socket,
    private readonly options: ConnectionOptions,
  ) {
    const { settings } = options;
    this.#decoder = new FrameDecoder({ frameBytesMax: settings.MLLP_BLOCK_BYTES_MAX });
    this.#peer = peerOf(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, settings.MLLP_KEEP_ALIVE_MS);
    socket.on('data', (chunk) => {
      this.#read(chunk);
    });
    socket.on('drain', () => {
      this.#onDrained?.();
    });
    socket.on('end', () => {
      this.#end();
    });
    // 'close' follows, and all that is to be done is done there.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed();
    });
  }

  /** Takes no more blocks, answers those that are complete, then ends. */
  drain(): void {
    this.#end();
  }

  cut(reason: CloseReason): void {
    this.options.metrics.connectionsClosed.inc({ reason });
    this.socket.destroy();
  }

  resume(): void {
    this.#isStarved = false;
    this.#readOrPause();
  }

  giveUp(): void {
    this.cut('starved');
  }

  /** Looks at the clock: closes what was silent for too long. */
  sweep(nowMs: number): void {
    if (this.#isWriteStalled(nowMs)) this.cut('write-timeout');
    else if (this.#isEnding) this.#stopLingering(nowMs);
    else this.#closeSilent(nowMs);
  }

  #stopLingering(nowMs: number): void {
    if (this.#endedAtMs !== undefined && nowMs - this.#endedAtMs > lingerMs) this.socket.destroy();
  }

  #closeSilent(nowMs: number): void {
    const { MLLP_PARTIAL_FRAME_TIMEOUT_MS, MLLP_IDLE_TIMEOUT_MS } = this.options.settings;
    // While we do not read or have not answered, the silence is ours.
    if (this.socket.isPaused() || this.#isWorking) this.#readAtMs = nowMs;
    const silentMs = nowMs - this.#readAtMs;
    if (this.#decoder.isInsideFrame) {
      if (silentMs > MLLP_PARTIAL_FRAME_TIMEOUT_MS) this.cut('partial-timeout');
    } else if (MLLP_IDLE_TIMEOUT_MS > 0 && silentMs > MLLP_IDLE_TIMEOUT_MS) this.cut('idle');
  }

  #isWriteStalled(nowMs: number): boolean {
    return this.socket.writableLength > 0 && nowMs - this.#wroteAtMs > this.options.settings.MLLP_WRITE_TIMEOUT_MS;
  }

  #read(chunk: Buffer): void {
    // After our last word what still comes is read away, so that the sender gets the answers and not a reset.
    if (this.#isEnding) return;
    this.#readAtMs = performance.now();
    for (const item of this.#decoder.push(chunk)) this.#take(item);
    this.#account();
    this.#readOrPause();
    this.#startWork();
  }

  #take(item: FrameEvent): void {
    const { blocks, noiseBytes } = this.options.metrics;
    if (item.kind === 'noise') {
      noiseBytes.inc(item.sizeBytes);
      return;
    }
    const block: Block = item.kind === 'frame' ? { kind: 'message', bytes: item.bytes } : item;
    blocks.inc({ kind: block.kind });
    this.#queue.push({ block, atMs: this.#readAtMs });
    this.#queuedBytes += heldBytesOf(block);
  }

  #startWork(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#work().catch(() => {
      // Not answered is what the sender knows to handle; an order of answers that has a hole it does not.
      this.#isWorking = false;
      this.cut('defect');
    });
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      const blocks = batch.map(({ block }) => block);
      const { gate, receive } = this.options;
      const receptions = await gate.run(this.#workBytes, () => receive(blocks, this.#peer));
      this.#workBytes = 0;
      this.#answer(receptions);
      const nowMs = performance.now();
      for (const { atMs } of batch) this.options.metrics.ackSeconds.observe((nowMs - atMs) / 1000);
      this.#account();
      this.#readOrPause();
      await this.#answersRead();
    }
    this.#isWorking = false;
    if (this.#isEnding) this.#finish();
  }

  /** At most so many blocks, and no more than a mebibyte unless one block alone is larger. */
  #nextBatch(): readonly { readonly block: Block; readonly atMs: number }[] {
    let count = 0;
    let bytes = 0;
    for (const { block } of this.#queue) {
      const size = heldBytesOf(block);
      if (count > 0 && (count === this.options.settings.MLLP_BATCH_FRAMES_MAX || bytes + size > batchBytesMax)) break;
      bytes += size;
      count++;
    }
    const batch = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    this.#queuedBytes -= bytes;
    this.#workBytes = bytes;
    return batch;
  }

  #answer(receptions: readonly Reception[]): void {
    const closing = receptions.findIndex(({ closes }) => closes === true);
    const answered = closing === -1 ? receptions : receptions.slice(0, closing);
    const answers = answered.flatMap(({ answer }) => (answer === undefined ? [] : [frameAnswer(answer)]));
    if (answers.length > 0 && this.socket.writable) this.#write(Buffer.concat(answers));
    if (closing === -1) return;
    this.options.metrics.connectionsClosed.inc({ reason: 'unavailable' });
    this.#queue = [];
    this.#queuedBytes = 0;
    this.drain();
  }

  #write(bytes: Uint8Array): void {
    if (this.socket.writableLength === 0) this.#wroteAtMs = performance.now();
    this.socket.write(bytes, () => {
      this.#wroteAtMs = performance.now();
    });
  }

  async #answersRead(): Promise<void> {
    if (this.socket.writableLength <= this.options.settings.MLLP_ANSWER_BYTES_MAX || this.socket.destroyed) return;
    await new Promise<void>((resolve) => (this.#onDrained = resolve));
    this.#onDrained = undefined;
    this.#readOrPause();
  }

  #account(): void {
    if (this.#isEnding && this.#queue.length === 0 && this.#workBytes === 0) {
      this.options.budget.release(this);
      return;
    }
    const held = {
      partialBytes: this.#isEnding ? 0 : this.#decoder.bufferedBytes,
      completeBytes: this.#queuedBytes + this.#workBytes,
    };
    this.#isStarved = !this.options.budget.hold(this, held);
  }

  #readOrPause(): void {
    if (this.#isEnding) return;
    const { MLLP_BATCH_FRAMES_MAX, MLLP_ANSWER_BYTES_MAX } = this.options.settings;
    const isFull =
      this.#isStarved ||
      this.#queue.length >= MLLP_BATCH_FRAMES_MAX ||
      this.socket.writableLength > MLLP_ANSWER_BYTES_MAX;
    if (isFull) this.socket.pause();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#decoder.isInsideFrame) this.options.metrics.blocks.inc({ kind: 'partial' });
    this.#account();
    if (!this.#isWorking) this.#finish();
  }

  #finish(): void {
    this.#endedAtMs = performance.now();
    this.#account();
    if (this.socket.destroyed) {
      this.options.onClosed(this);
      return;
    }
    this.socket.end();
    this.socket.resume();
  }

  /** Complete blocks are still taken, though nobody waits for their answer: they were said. */
  #closed(): void {
    if (!this.#isEnding && this.#decoder.isInsideFrame) this.options.metrics.blocks.inc({ kind: 'partial' });
    this.#isEnding = true;
    this.#onDrained?.();
    this.#account();
    if (!this.#isWorking) this.options.onClosed(this);
  }
}
