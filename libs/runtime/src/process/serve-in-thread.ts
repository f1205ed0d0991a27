import { type MessagePort, parentPort } from 'node:worker_threads';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { BusTransport } from '../bus/bus-transport.js';
import { BusErrorsFilter } from '../edge/bus-errors.filter.js';
import { RegistrationClient } from '../registration-client.js';
import { Calls } from './calls.js';
import { Listeners } from './listeners.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';
import { rootModule, type RootOptions } from './root-module.js';
import { StructuredLogger } from './structured-logger.js';
import type { FromThread, ToThread } from './thread-protocol.js';

/**
 * The main of a thread that is among the `threads` of `serve`: modules on an event loop of their own, on the bus of the
 * main thread, without HTTP or any other backend. `configure` is called when the main thread is there to be told of
 * wrong settings. What goes wrong ends the thread, and with it the process.
 */
export function serveInThread(name: string, configure: () => Omit<RootOptions, 'name'>): void {
  if (parentPort === null) throw new Error(`${name}: to be started as a thread`);
  const port = parentPort;
  const server = new ThreadServer(name, configure, (message) => {
    port.postMessage(message);
  });
  // What it throws goes unhandled: an error of the thread, as the main thread is to see it.
  port.on('message', (message: ToThread) => void server.hear(message));
}

class ThreadServer {
  #app: Promise<INestMicroservice> | undefined;

  constructor(
    private readonly name: string,
    private readonly configure: () => Omit<RootOptions, 'name'>,
    private readonly say: (message: FromThread) => void,
  ) {}

  async hear(message: ToThread): Promise<void> {
    if (message.kind === 'join') this.#app = this.#join(message.bus);
    const app = await this.#app;
    if (app === undefined) throw new Error(`${message.kind} before join`);
    switch (message.kind) {
      case 'join':
        return;
      case 'listen':
        return this.#listen(app, message.baseUrl);
      case 'metrics':
        this.say({ kind: 'metrics', id: message.id, text: await app.get(Metrics).text() });
        return;
      case 'ask':
        return this.#answer(app, message);
      case 'stop':
        return this.#stop(app);
    }
  }

  async #join(bus: MessagePort): Promise<INestMicroservice> {
    const options = { name: this.name, ...this.configure() };
    const root = await rootModule(options, { ports: ['bus'], attachTo: bus });
    const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(root, {
      logger: new StructuredLogger({ name: this.name, level: options.settings.LOG_LEVEL }),
      abortOnError: false,
      inject: [BusTransport],
      useFactory: (strategy: BusTransport) => ({ strategy }),
    });
    app.useGlobalFilters(new BusErrorsFilter());
    app.get(Readiness).onChange = (reasons) => {
      this.say({ kind: 'unready', reasons });
    };
    await app.listen();
    return app;
  }

  async #listen(app: INestMicroservice, baseUrl: string): Promise<void> {
    app.get(RegistrationClient).baseUrl = baseUrl;
    await app.get(BusTransport).caughtUp();
    const listeners = app.get(Listeners);
    await listeners.start();
    app.get(Readiness).unblock('starting');
    this.say({ kind: 'listening', addresses: listeners.addresses });
  }

  /** What a call throws is said as unanswered: an error's text may hold content, and its class does not cross threads. */
  async #answer(app: INestMicroservice, { id, name, request }: ToThread & { kind: 'ask' }): Promise<void> {
    try {
      this.say({ kind: 'answer', id, answer: await app.get(Calls).ask(name, request) });
    } catch {
      this.say({ kind: 'unanswered', id });
    }
  }

  async #stop(app: INestMicroservice): Promise<void> {
    app.get(Readiness).block('stopping');
    await app.get(Listeners).stop();
    await app.close();
    process.exit(0);
  }
}
