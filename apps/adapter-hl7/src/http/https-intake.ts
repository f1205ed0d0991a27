import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TlsOptions } from 'node:tls';
import { HttpException, Logger, MethodNotAllowedException, NotFoundException } from '@nestjs/common';
import { Unavailable } from '@anamnesis/core';
import { type ListenerAddress, retryAfterSeconds } from '@anamnesis/runtime';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { AdapterHl7Settings } from '../config.js';
import { closeServer, listen } from '../listen.js';
import { tlsFilesOf } from '../tls/tls-files.js';
import { TlsListener } from '../tls/tls-listener.js';
import type { HttpIntakeAnswer, HttpIntakeRequest } from './answer-http.js';
import { BodyBudget } from './read-body.js';
import { takeRequest } from './take-request.js';

export interface HttpsIntakeOptions {
  readonly settings: AdapterHl7Settings;
  readonly metrics: AdapterMetrics;
  readonly answer: (request: HttpIntakeRequest) => Promise<HttpIntakeAnswer>;
}

/**
 * `POST /hl7v2` over TLS, and nothing else: who sends is said by the client's certificate, as on MLLP over TLS (F7), so
 * that no token is asked for. The certificates are those of that listener, renewed the same way.
 */
export class HttpsIntake {
  readonly #logger = new Logger('https');
  readonly #budget: BodyBudget;
  #server: Server | undefined;
  #tls: TlsListener | undefined;

  constructor(private readonly options: HttpsIntakeOptions) {
    this.#budget = new BodyBudget(options.settings.HTTP_INTAKE_BYTES_MAX);
  }

  /** Resolves when it is bound, to where; undefined where it is not asked for. */
  async start(): Promise<ListenerAddress | undefined> {
    const { settings, metrics } = this.options;
    const files = tlsFilesOf(settings);
    if (settings.HTTPS_INTAKE_PORT === undefined || files === undefined) return undefined;
    const create = (options: TlsOptions) =>
      (this.#server = createServer(options, (request, response) => {
        void this.#serve(request, response);
      }));
    this.#tls = await TlsListener.open({ settings, files, metrics, create });
    const address = await listen(this.#tls.server, settings.HTTPS_INTAKE_PORT, settings.BIND_ADDRESS);
    this.#tls.watch();
    return address;
  }

  /** Accepts no more, answers what was received; what is not done in time is cut. */
  async stop(): Promise<void> {
    if (this.#server === undefined) return;
    const closed = closeServer(this.#server);
    this.#tls?.stop();
    this.#server.closeIdleConnections();
    const cut = setTimeout(() => this.#server?.closeAllConnections(), this.options.settings.MLLP_DRAIN_TIMEOUT_MS);
    await closed;
    clearTimeout(cut);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.url !== '/hl7v2') throw new NotFoundException('POST /hl7v2');
      if (request.method !== 'POST') throw new MethodNotAllowedException('POST');
      const { settings, answer } = this.options;
      await takeRequest(request, response, { settings, budget: this.#budget, ask: answer });
    } catch (problem) {
      this.#refuse(response, problem);
    }
  }

  /** As the other HTTP edge says it. */
  #refuse(response: ServerResponse, problem: unknown): void {
    if (response.headersSent || response.destroyed) return void response.destroy();
    response.setHeader('content-type', 'application/json; charset=utf-8');
    if (problem instanceof HttpException) {
      const status = problem.getStatus();
      if (problem instanceof MethodNotAllowedException) response.setHeader('allow', 'POST');
      response.writeHead(status).end(JSON.stringify(problem.getResponse()));
    } else if (problem instanceof Unavailable) {
      response.setHeader('retry-after', String(retryAfterSeconds));
      response.writeHead(503).end(JSON.stringify({ dependency: problem.dependency }));
    } else {
      this.#logger.error('a request failed', problem instanceof Error ? problem.stack : undefined);
      response.writeHead(500).end(JSON.stringify({ statusCode: 500, message: 'Internal server error' }));
    }
  }
}
