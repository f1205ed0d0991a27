import { describe, expect, it } from '@jest/globals';
import { Watchdog } from './watchdog.js';

const limitMs = 30;

/** A watchdog, the probes it made and the promise of its bark. */
function newWatchdog(probe: (count: number) => Promise<unknown>) {
  let probes = 0;
  let bark!: () => void;
  const barked = new Promise<void>((resolve) => (bark = resolve));
  let reach = (): void => undefined;
  const watchdog = new Watchdog({
    limitMs,
    probe: () => {
      reach();
      return probe(++probes);
    },
    bark,
  });
  const probed = async (count: number): Promise<void> => {
    while (probes < count) await new Promise<void>((resolve) => (reach = resolve));
  };
  return { watchdog, barked, probed };
}

describe('Watchdog', () => {
  it('barks when a consumer is silent while the cluster answers', async () => {
    const { barked } = newWatchdog(() => Promise.resolve());
    await barked;
  });

  it('does not bark in an outage, and counts silence from its end', async () => {
    let isAway = true;
    const { barked, probed } = newWatchdog(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()));
    let hasBarked = false;
    void barked.then(() => (hasBarked = true));
    await probed(5);
    expect(hasBarked).toBe(false);
    isAway = false;
    const backAtMs = performance.now();
    await barked;
    expect(performance.now() - backAtMs).toBeGreaterThan(limitMs / 3);
  });

  it('asks nothing of the cluster while the consumer makes progress', async () => {
    let probes = 0;
    const { watchdog } = newWatchdog(() => Promise.resolve(probes++));
    for (const endMs = performance.now() + 3 * limitMs; performance.now() < endMs;) {
      watchdog.progress();
      await new Promise(setImmediate);
    }
    expect(probes).toBe(0);
    watchdog.stop();
  });
});
