/**
 * Suites that take minutes each and have not been seen to pass on every machine: `TEST_THOROUGH=1 npm test` runs them,
 * and without it they are counted as skipped and say so.
 */
export function isThorough(suite: string): boolean {
  if (process.env['TEST_THOROUGH'] === '1') return true;
  process.stderr.write(`SKIPPED: ${suite.toUpperCase()}: TEST_THOROUGH=1 runs it\n`);
  return false;
}
