import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Watchdog } from './watchdog.js';

const limitMs = 60_000;

describe('Watchdog', () => {
  let isAway = false;
  let probes = 0;
  let barks = 0;
  let watchdog: Watchdog;

  beforeEach(() => {
    jest.useFakeTimers();
    isAway = false;
    probes = 0;
    barks = 0;
    watchdog = new Watchdog({
      limitMs,
      probe: () => {
        probes++;
        return isAway ? Promise.reject(new Error('away')) : Promise.resolve();
      },
      bark: () => barks++,
    });
  });
  afterEach(() => {
    watchdog.stop();
    jest.useRealTimers();
  });

  it('barks once when a consumer is silent while the cluster answers', async () => {
    await jest.advanceTimersByTimeAsync(limitMs - 1);
    expect(barks).toBe(0);
    await jest.advanceTimersByTimeAsync(5 * limitMs);
    expect(barks).toBe(1);
  });

  it('does not bark in an outage, however long, and counts silence from its end', async () => {
    isAway = true;
    await jest.advanceTimersByTimeAsync(10 * limitMs);
    isAway = false;
    await jest.advanceTimersByTimeAsync(limitMs / 2);
    expect(barks).toBe(0);
    await jest.advanceTimersByTimeAsync(limitMs);
    expect(barks).toBe(1);
  });

  it('asks nothing of the cluster while the consumer makes progress', async () => {
    for (let times = 0; times < 20; times++) {
      await jest.advanceTimersByTimeAsync(limitMs / 3);
      watchdog.progress();
    }
    expect([probes, barks]).toEqual([0, 0]);
  });

  it('is silent once it is stopped', async () => {
    watchdog.stop();
    await jest.advanceTimersByTimeAsync(2 * limitMs);
    expect(barks).toBe(0);
  });
});
