import type { Run } from './long-runs.js';

/** A stretch that was taken out of a message. */
export interface LiftedRun extends Run {
  /** Where it belongs in what is left. */
  readonly at: number;
}

export interface Lifted {
  /** The message without the runs, and nothing in their place. */
  readonly rest: Uint8Array;
  readonly runs: readonly LiftedRun[];
}

/** Takes runs, which are in order, out of a message. The message itself is left as it is. */
export function lift(bytes: Uint8Array, runs: readonly Run[]): Lifted {
  if (runs.length === 0) return { rest: bytes, runs: [] };
  const kept: Uint8Array[] = [];
  const lifted: LiftedRun[] = [];
  let [from, at] = [0, 0];
  for (const run of runs) {
    kept.push(bytes.subarray(from, run.start));
    at += run.start - from;
    from = run.end;
    lifted.push({ start: run.start, end: run.end, at });
  }
  kept.push(bytes.subarray(from));
  return { rest: new Uint8Array(Buffer.concat(kept)), runs: lifted };
}
