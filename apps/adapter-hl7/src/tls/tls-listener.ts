import type { Socket } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { types } from 'node:util';
import { Logger } from '@nestjs/common';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { AdapterHl7Settings } from '../config.js';
import { readTlsMaterial, type TlsFiles } from './tls-files.js';

export interface TlsListenerOptions {
  readonly settings: AdapterHl7Settings;
  readonly files: TlsFiles;
  readonly metrics: AdapterMetrics;
  /** Told of each connection whose handshake is done. */
  readonly onSocket?: (socket: Socket) => void;
  /** Makes the server, where it is to speak a protocol of its own over the connections. */
  readonly create?: (options: TlsOptions) => Server;
}

/**
 * A server for TLS 1.2 and later that lets in whoever has a certificate of one of the client authorities (F7). Renewed
 * files count for connections made afterwards; open ones go on. What cannot be used is logged, and what was in force stays.
 */
export class TlsListener {
  readonly #logger = new Logger('mllp-tls');
  /** Connections whose handshake is not done. */
  readonly #shaking = new Set<Socket>();
  #digest = '';
  #watcher: NodeJS.Timeout | undefined;
  #isReloading = false;
  #faultLogged = '';

  private constructor(
    private readonly options: TlsListenerOptions,
    readonly server: Server,
  ) {
    const { metrics, onSocket, settings } = options;
    // Beyond what may be open at all, strangers that never finish a handshake hold nothing.
    server.maxConnections = settings.MLLP_CONNECTIONS_MAX;
    server.on('connection', (raw: Socket) => {
      this.#shaking.add(raw);
      raw.once('close', () => this.#shaking.delete(raw));
    });
    server.on('secureConnection', (socket) => {
      for (const raw of this.#shaking) if (isSamePeer(raw, socket)) this.#shaking.delete(raw);
      onSocket?.(socket);
    });
    server.on('tlsClientError', (_, socket) => {
      metrics.connectionsClosed.inc({ reason: 'tls-handshake' });
      socket.destroy();
    });
  }

  /** Throws when the files cannot be used: nothing starts with half of its security. */
  static async open(options: TlsListenerOptions): Promise<TlsListener> {
    const { context, digest } = await readTlsMaterial(options.files);
    const server = (options.create ?? createServer)({
      ...context,
      requestCert: true,
      rejectUnauthorized: true,
      allowHalfOpen: true,
      handshakeTimeout: options.settings.MLLP_TLS_HANDSHAKE_TIMEOUT_MS,
    });
    const listener = new TlsListener(options, server);
    listener.#digest = digest;
    return listener;
  }

  watch(): void {
    this.#watcher = setInterval(() => {
      void this.#reload();
    }, this.options.settings.MLLP_TLS_RELOAD_MS);
  }

  /** Ends what has not got through its handshake; the server itself is its owner's to close. */
  stop(): void {
    clearInterval(this.#watcher);
    for (const raw of this.#shaking) raw.destroy();
  }

  async #reload(): Promise<void> {
    if (this.#isReloading) return;
    this.#isReloading = true;
    try {
      const { context, digest } = await readTlsMaterial(this.options.files);
      this.#faultLogged = '';
      if (digest !== this.#digest) {
        this.server.setSecureContext(context);
        this.#digest = digest;
        this.options.metrics.tlsReloads.inc({ result: 'done' });
        this.#logger.log('renewed certificates are in force');
      }
    } catch (fault) {
      this.#noteFault(types.isNativeError(fault) ? fault.message : 'unknown');
    } finally {
      this.#isReloading = false;
    }
  }

  /** The same fault is said once, however often it is met. */
  #noteFault(fault: string): void {
    if (fault === this.#faultLogged) return;
    this.#faultLogged = fault;
    this.options.metrics.tlsReloads.inc({ result: 'failed' });
    this.#logger.error(`renewed certificates cannot be used, the former ones stay in force: ${fault}`);
  }
}

function isSamePeer(raw: Socket, socket: Socket): boolean {
  return raw.remotePort === socket.remotePort && raw.remoteAddress === socket.remoteAddress;
}
