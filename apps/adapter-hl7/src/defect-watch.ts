import { Logger } from '@nestjs/common';
import type { Readiness } from '@anamnesis/runtime';
import type { AdapterMetrics } from './adapter-metrics.js';

/** So many in a row are no bad luck: the process should get no traffic. */
const inRowMax = 5;
const reason = 'adapter-hl7: defects in a row';

/** Counts and logs what only we can be to blame for, and takes the process out of traffic when it goes on. */
export class DefectWatch {
  readonly #logger = new Logger('adapter-hl7');
  #inRow = 0;

  constructor(
    private readonly metrics: AdapterMetrics,
    private readonly readiness: Pick<Readiness, 'block' | 'unblock'>,
  ) {}

  /** A stage threw what is neither `Rejected` nor `Unavailable`. Its message may hold content, hence only the place is logged. */
  note(stage: string, defect: unknown): void {
    this.metrics.defects.inc({ stage });
    this.#logger.error('defect', { stage, ...placeOf(defect) });
  }

  /** The sender was answered as if we were unavailable. */
  failed(): void {
    if (++this.#inRow === inRowMax) this.readiness.block(reason);
  }

  succeeded(): void {
    if (this.#inRow >= inRowMax) this.readiness.unblock(reason);
    this.#inRow = 0;
  }
}

function placeOf(defect: unknown): { error: string; at: readonly string[] } {
  if (!(defect instanceof Error)) return { error: typeof defect, at: [] };
  const frames = (defect.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: defect.name, at: frames.slice(0, 5).map((line) => line.trim()) };
}
