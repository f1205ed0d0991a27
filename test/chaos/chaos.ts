import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from './random.js';
import { type Target, type TargetKind, targetKinds } from './targets.js';

/** Between two faults, and how long a target stays down or stopped. */
const pauseMs = { min: 2000, max: 5000 };
const downMs = { min: 500, max: 3000 };
const stoppedMs = { min: 2000, max: 8000 };
/** Longer than a group's session lasts: its partitions are another's when it goes on. In runs that have the time. */
const hangMs = { min: 35_000, max: 50_000 };
const hangsIn = 0.15;
const hangsFromMs = 300_000;

/** How often a kind is chosen against the others. */
const weights: Readonly<Record<TargetKind, number>> = {
  app: 6,
  broker: 3,
  database: 1.5,
  redis: 1,
  peer: 1.5,
  orderer: 1.5,
  chaincode: 1.5,
};

/** Kinds that keep their promise with one of three away, and stand still without two. */
const oneAtATime: ReadonlySet<TargetKind> = new Set(['broker', 'orderer']);

export interface Fault {
  readonly name: string;
  readonly kind: TargetKind;
  readonly how: 'SIGKILL' | 'SIGSTOP';
  readonly atMs: number;
  /** From the end of the outage (started, or continued) until it serves; absent: it was not well, so it was left alone. */
  recoveryMs?: number;
}

/** Kills and stops a random target every few seconds and brings it back. The seed alone decides what is tried when. */
export class Chaos {
  readonly faults: Fault[] = [];
  readonly #targets: readonly Target[];
  readonly #random: () => number;
  readonly #unwell = new Set<Target>();
  readonly #recoveries: Promise<void>[] = [];

  constructor(targets: readonly Target[], seed: number) {
    this.#targets = targets;
    this.#random = randomOf(seed);
  }

  /** What is down, hangs or recovers now. */
  get unwell(): readonly string[] {
    return [...this.#unwell].map(({ name }) => name);
  }

  /** Resolves after that time, once everything serves again. */
  async run(forMs: number): Promise<void> {
    const startedAtMs = performance.now();
    for (;;) {
      const waitMs = this.#between(pauseMs);
      const target = this.#choose();
      const how = this.#random() < 0.6 ? 'SIGKILL' : 'SIGSTOP';
      const isLong = this.#random() < hangsIn && forMs >= hangsFromMs;
      const outageMs = this.#between(how === 'SIGKILL' ? downMs : isLong ? hangMs : stoppedMs);
      const nowMs = performance.now() - startedAtMs;
      if (nowMs + waitMs > forMs) break;
      await sleep(waitMs); // chaos has a pace
      const fault: Fault = { name: target.name, kind: target.kind, how, atMs: Math.round(nowMs + waitMs) };
      this.faults.push(fault);
      if (!this.#isWell(target)) continue;
      this.#unwell.add(target);
      this.#recoveries.push(this.#inflict(target, fault, outageMs));
    }
    await Promise.all(this.#recoveries);
  }

  #isWell(target: Target): boolean {
    const others = [...this.#unwell].filter(({ kind }) => kind === target.kind);
    return oneAtATime.has(target.kind) ? others.length === 0 : !others.includes(target);
  }

  async #inflict(target: Target, fault: Fault, outageMs: number): Promise<void> {
    if (fault.how === 'SIGKILL') await target.kill();
    else target.pause();
    await sleep(outageMs);
    const startedAtMs = performance.now();
    await (fault.how === 'SIGKILL' ? target.start() : target.resume());
    fault.recoveryMs = Math.round(performance.now() - startedAtMs);
    this.#unwell.delete(target);
  }

  #choose(): Target {
    const kinds = targetKinds.filter((kind) => this.#targets.some((one) => one.kind === kind));
    let at = this.#random() * kinds.reduce((sum, kind) => sum + weights[kind], 0);
    const kind = kinds.find((one) => (at -= weights[one]) < 0) ?? 'app';
    const targets = this.#targets.filter((one) => one.kind === kind);
    return targets[Math.floor(this.#random() * targets.length)] as Target;
  }

  #between({ min, max }: { readonly min: number; readonly max: number }): number {
    return min + this.#random() * (max - min);
  }
}

/** What happened to whom, and how long each kind took to serve again. */
export function summaryOf(faults: readonly Fault[]): string {
  const lines = ['fault                  times   median s   longest s'];
  for (const kind of targetKinds)
    for (const how of ['SIGKILL', 'SIGSTOP'] as const) {
      const all = faults.filter((one) => one.kind === kind && one.how === how);
      const times = all.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((a, b) => a - b);
      if (times.length === 0) continue;
      const seconds = (ms = 0) => (ms / 1000).toFixed(1);
      const [median, longest] = [times[Math.floor(times.length / 2)], times.at(-1)].map(seconds);
      lines.push(
        `${`${how} ${kind}`.padEnd(20)} ${String(times.length).padStart(7)} ${median?.padStart(10)} ${longest?.padStart(11)}`,
      );
    }
  const left = faults.filter(({ recoveryMs }) => recoveryMs === undefined).length;
  return [...lines, `${left} more fell on what was still recovering and were left out`].join('\n');
}
