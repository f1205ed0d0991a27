import { StructuredLogger } from './structured-logger.js';

/** The result of `work`, or one fatal line and exit 1: for what a main does before `serve`, such as reading settings. */
export function orExit<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    new StructuredLogger({ name, level: 'fatal' }).fatal(error);
    process.exit(1);
  }
}
