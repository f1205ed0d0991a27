import { Controller, Get, Header } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { within } from './within.js';

/** What is measured when it is asked for, and takes longer, is left out of that reading. */
const measureMsMax = 5000;

/** The process's Prometheus metrics. Names start with `anamnesis_`; labels never hold patient data. */
export class Metrics {
  readonly registry = new Registry();
  readonly #threads: (() => Promise<string>)[] = [];

  /** What describes the process as a whole is kept once, by its main thread. */
  constructor(isMain = true) {
    if (isMain) collectDefaultMetrics({ register: this.registry });
  }

  /** Adds the metrics of another thread of this process, whose names must differ from all others. */
  addThread(read: () => Promise<string>): void {
    this.#threads.push(read);
  }

  /** Of all threads, as Prometheus text; without what cannot be measured now, as when the bus or the store is away. */
  async text(): Promise<string> {
    const names = this.registry.getMetricsAsArray().map(({ name }) => name);
    const texts = await Promise.all([
      ...names.map((name) => this.#textOf(name)),
      ...this.#threads.map((read) => read()),
    ]);
    return texts.join('');
  }

  counter<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> {
    return new Counter({ name: `anamnesis_${name}`, help, labelNames, registers: [this.registry] });
  }

  gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Gauge<Label> {
    return new Gauge({ name: `anamnesis_${name}`, help, labelNames, registers: [this.registry] });
  }

  /** Buckets in the unit that the name ends with. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({ name: `anamnesis_${name}`, help, buckets: [...buckets], registers: [this.registry] });
  }

  async #textOf(name: string): Promise<string> {
    const text = this.registry.getSingleMetricAsString(name);
    const inTime = within(text, { timeoutMs: measureMsMax, dependency: name });
    // One that is not told says as much; the others have to be told all the more.
    return inTime.then(
      (lines) => `${lines}\n\n`,
      () => '',
    );
  }
}

@Controller()
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** Prometheus text format. */
  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return this.metrics.text();
  }
}
