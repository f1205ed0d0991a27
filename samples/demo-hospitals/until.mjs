import { setTimeout as sleep } from 'node:timers/promises';

const deadlineMs = 90_000;

/** Looks again and again until there is something; throws, saying what, at the deadline. */
export async function until(what, look) {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not come in ${deadlineMs / 1000} s`);
    await sleep(200);
  }
}
