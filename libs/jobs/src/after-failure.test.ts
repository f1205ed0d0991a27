import { describe, expect, it } from '@jest/globals';
import { Rejected, Unavailable } from '@anamnesis/core';
import { afterFailure } from './after-failure.js';
import { jobLimits } from './jobs.js';

describe('afterFailure', () => {
  it('waits twice as long each time, up to the cap', () => {
    const waits = [1, 2, 3, 9, 10, 2000].map((attempt) =>
      afterFailure(new Unavailable('store', 'away'), { attempt, defects: 0 }, jobLimits),
    );
    expect(waits.map((next) => next.kind === 'retry' && next.waitMs)).toEqual([
      1000, 2000, 4000, 256_000, 300_000, 300_000,
    ]);
  });

  it('counts defects, however many times a dependency was away in between', () => {
    const tries = { attempt: 100, defects: jobLimits.defectAttemptsMax - 2 };
    expect(afterFailure(new TypeError('x'), tries, jobLimits)).toMatchObject({ kind: 'retry', isDefect: true });
    const last = { attempt: 101, defects: jobLimits.defectAttemptsMax - 1 };
    expect(afterFailure(new TypeError('x'), last, jobLimits)).toEqual({ kind: 'fail', reason: 'TypeError' });
    expect(afterFailure('thrown text', last, jobLimits)).toEqual({ kind: 'fail', reason: 'string' });
  });

  it('does not try again what is rejected', () => {
    const error = new Rejected('not-found', 'no such batch');
    expect(afterFailure(error, { attempt: 1, defects: 0 }, jobLimits)).toEqual({
      kind: 'fail',
      reason: 'not-found: no such batch',
    });
  });
});
