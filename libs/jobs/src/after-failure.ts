import { Rejected, Unavailable } from '@anamnesis/core';
import type { JobLimits } from './jobs.js';

export type AfterFailure =
  /** `isDefect`: this try counts against `defectAttemptsMax`. */
  | { readonly kind: 'retry'; readonly waitMs: number; readonly isDefect: boolean }
  | { readonly kind: 'fail'; readonly reason: string };

/** The retry policy of the port, written once for every backend. `defects` are those of earlier tries. */
export function afterFailure(
  error: unknown,
  tries: { readonly attempt: number; readonly defects: number },
  limits: JobLimits,
): AfterFailure {
  if (error instanceof Rejected) return { kind: 'fail', reason: `${error.code}: ${error.message}` };
  const isDefect = !(error instanceof Unavailable);
  if (isDefect && tries.defects + 1 >= limits.defectAttemptsMax)
    return { kind: 'fail', reason: error instanceof Error ? error.name : typeof error };
  const waitMs = Math.min(limits.backOffMsMax, limits.backOffMsMin * 2 ** (tries.attempt - 1));
  return { kind: 'retry', waitMs, isDefect };
}
