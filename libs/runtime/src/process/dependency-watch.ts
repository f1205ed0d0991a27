import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

export interface WatchLimits {
  readonly askEveryMs: number;
  /** A dependency that takes longer to answer is away. */
  readonly answerMsMax: number;
  /** Failed in a row before the process asks for no more traffic: one lost packet is no outage. */
  readonly failuresMin: number;
}

export const watchLimits: WatchLimits = { askEveryMs: 5000, answerMsMax: 4000, failuresMin: 2 };

export interface Dependency {
  readonly name: string;
  /** Resolves when the dependency answered. */
  readonly ask: () => Promise<unknown>;
  /** Without it the process can do nothing for anybody. */
  readonly isVital: boolean;
}

/** Asks what the process depends on whether it is there: for `/readyz`, the metric `anamnesis_dependency_up` and the log. */
@Injectable()
export class DependencyWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** To be set before the start. */
  limits = watchLimits;
  readonly #logger = new Logger('dependencies');
  readonly #dependencies: Dependency[] = [];
  readonly #failures = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #up;
  #running: Promise<void> | undefined;

  constructor(
    private readonly readiness: Readiness,
    metrics: Metrics,
  ) {
    this.#up = metrics.gauge('dependency_up', '1 while the dependency answers, 0 while it does not', ['dependency']);
  }

  add(dependency: Dependency): void {
    this.#dependencies.push(dependency);
  }

  onApplicationBootstrap(): void {
    this.#running = this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await Promise.all(this.#dependencies.map((one) => this.#look(one)));
      await sleep(this.limits.askEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #look({ name, ask, isVital }: Dependency): Promise<void> {
    const { answerMsMax, failuresMin } = this.limits;
    const isUp = await answers(ask, answerMsMax);
    const before = this.#failures.get(name) ?? 0;
    const failures = isUp ? 0 : before + 1;
    this.#failures.set(name, failures);
    this.#up.set({ dependency: name }, isUp ? 1 : 0);
    const reason = `${name} does not answer`;
    if (failures === failuresMin) this.#logger.warn(reason, { dependency: name });
    if (isUp && before >= failuresMin) this.#logger.warn(`${name} answers again`, { dependency: name });
    if (!isVital) return;
    if (failures >= failuresMin) this.readiness.block(reason);
    else this.readiness.unblock(reason);
  }
}

async function answers(ask: () => Promise<unknown>, withinMs: number): Promise<boolean> {
  const late = new AbortController();
  const never = sleep(withinMs, false, { signal: late.signal, ref: false }).catch(() => false);
  // Whatever the reason: it did not answer.
  const answered = ask().then(
    () => true,
    () => false,
  );
  const isUp = await Promise.race([answered, never]);
  late.abort();
  return isUp;
}
