import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 50;

/** Repeats `look` until it no longer throws and gives back what it gave; throws its last error at the deadline. */
export async function until(what, look, { deadlineMs }) {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      if (performance.now() > deadline)
        throw new Error(`${what}: not within ${deadlineMs / 1000} s: ${error.message}`, { cause: error });
      await sleep(pauseMs);
    }
  }
}

/** Waiting longer cannot help. */
export class Hopeless extends Error {}
