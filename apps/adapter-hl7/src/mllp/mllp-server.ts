import { createServer, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { ListenerAddress } from '@anamnesis/runtime';
import { closeServer, listen } from '../listen.js';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { Receive } from './block.js';
import { ByteBudget } from './byte-budget.js';
import type { AdapterHl7Settings } from '../config.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { tlsFilesOf } from '../tls/tls-files.js';
import { TlsListener } from '../tls/tls-listener.js';
import type { WorkGate } from './work-gate.js';

const sweepMsMax = 1000;
/** Of one connection, beside what all of them hold together. */
const freeBytes = 64 * 1024;
/** A flood of refused connections is one line a second. */
const warnIntervalMs = 1000;

export interface MllpServerOptions {
  readonly settings: AdapterHl7Settings;
  readonly receive: Receive;
  readonly metrics: AdapterMetrics;
  /** Of the whole adapter. */
  readonly gate: WorkGate;
}

export interface MllpAddresses {
  readonly mllp: ListenerAddress;
  readonly mllpTls?: ListenerAddress;
}

/** Listens for MLLP (Release 1), plain and over TLS, and owns the connections, their number and the bytes they hold together. */
export class MllpServer {
  readonly #logger = new Logger('mllp');
  readonly #server: Server;
  #tls: TlsListener | undefined;
  readonly #connections = new Set<Connection>();
  readonly #connectionOptions: ConnectionOptions;
  readonly #budget: ByteBudget;
  #sweeper: NodeJS.Timeout | undefined;
  #onEmpty: (() => void) | undefined;
  #warnedAtMs = -Infinity;

  constructor(private readonly options: MllpServerOptions) {
    const { settings, receive, metrics, gate } = options;
    this.#budget = new ByteBudget(settings.MLLP_HELD_BYTES_MAX, settings.MLLP_PARTIAL_FRAME_TIMEOUT_MS, freeBytes);
    this.#connectionOptions = {
      settings,
      receive,
      metrics,
      budget: this.#budget,
      gate,
      onClosed: (connection) => {
        this.#forget(connection);
      },
    };
    // A sender may close its half after the last block and still read the answer.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#accept(socket);
    });
  }

  /** Bytes of blocks that the connections hold now. */
  get heldBytes(): number {
    return this.#budget.heldBytes;
  }

  /** Resolves when it is bound: where `mllp` answers, and `mllpTls` if there is one. */
  async start(): Promise<MllpAddresses> {
    const { settings, metrics } = this.options;
    const files = settings.MLLP_TLS_PORT === undefined ? undefined : tlsFilesOf(settings);
    const onSocket = (socket: Socket): void => {
      this.#accept(socket);
    };
    if (files !== undefined) this.#tls = await TlsListener.open({ settings, files, metrics, onSocket });
    const mllp = await listen(this.#server, settings.MLLP_PORT, settings.BIND_ADDRESS);
    this.#sweeper = setInterval(() => {
      this.#sweep();
    }, this.#sweepMs());
    if (this.#tls === undefined) return { mllp };
    const mllpTls = await listen(this.#tls.server, settings.MLLP_TLS_PORT ?? 0, settings.BIND_ADDRESS);
    this.#tls.watch();
    return { mllp, mllpTls };
  }

  /** Accepts no more, answers the complete blocks, then closes; what is not done in time is cut. */
  async stop(): Promise<void> {
    const closed = Promise.all([closeServer(this.#server), this.#tls && closeServer(this.#tls.server)]);
    this.#tls?.stop();
    for (const connection of this.#connections) connection.drain();
    const cut = setTimeout(() => {
      for (const connection of this.#connections) {
        connection.cut('drain-timeout');
        // Its work may never end, and nobody waits for its answer now.
        this.#forget(connection);
      }
    }, this.options.settings.MLLP_DRAIN_TIMEOUT_MS);
    await closed;
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
    clearTimeout(cut);
    clearInterval(this.#sweeper);
  }

  #accept(socket: Socket): void {
    const { settings, metrics } = this.options;
    if (this.#connections.size >= settings.MLLP_CONNECTIONS_MAX) {
      metrics.connectionsClosed.inc({ reason: 'too-many' });
      this.#warn('connection closed: MLLP_CONNECTIONS_MAX are open');
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    this.#connections.add(new Connection(socket, this.#connectionOptions));
    metrics.connections.set(this.#connections.size);
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.options.metrics.connections.set(this.#connections.size);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const connection of this.#connections) connection.sweep(nowMs);
    this.#budget.sweep(nowMs);
    this.options.metrics.heldBytes.set(this.#budget.heldBytes);
  }

  /** Fine enough for the shortest timeout. */
  #sweepMs(): number {
    const { MLLP_PARTIAL_FRAME_TIMEOUT_MS, MLLP_WRITE_TIMEOUT_MS, MLLP_IDLE_TIMEOUT_MS } = this.options.settings;
    const shortest = Math.min(
      MLLP_PARTIAL_FRAME_TIMEOUT_MS,
      MLLP_WRITE_TIMEOUT_MS,
      MLLP_IDLE_TIMEOUT_MS === 0 ? Infinity : MLLP_IDLE_TIMEOUT_MS,
    );
    return Math.max(5, Math.min(sweepMsMax, shortest / 4));
  }

  #warn(message: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#warnedAtMs < warnIntervalMs) return;
    this.#warnedAtMs = nowMs;
    this.#logger.warn(message);
  }
}
