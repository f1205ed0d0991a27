import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DependencyWatch } from './dependency-watch.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

describe('the watch over dependencies', () => {
  let readiness: Readiness;
  let metrics: Metrics;
  let watch: DependencyWatch;
  let changed: () => void;

  beforeEach(() => {
    readiness = new Readiness();
    readiness.unblock('starting');
    readiness.onChange = () => {
      changed();
    };
    changed = () => undefined;
    metrics = new Metrics(false);
    watch = new DependencyWatch(readiness, metrics);
    watch.limits = { askEveryMs: 5, answerMsMax: 20, failuresMin: 2 };
  });
  afterEach(() => watch.beforeApplicationShutdown());

  const untilReasons = (expected: readonly string[]) =>
    new Promise<void>((resolve) => {
      changed = () => {
        if (JSON.stringify(readiness.reasons) === JSON.stringify(expected)) resolve();
      };
      changed();
    });

  it('makes the process unready while a vital one is away, and ready when it is back', async () => {
    let isAway = true;
    watch.add({
      name: 'store',
      ask: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()),
      isVital: true,
    });
    watch.onApplicationBootstrap();
    await untilReasons(['store does not answer']);
    expect(await metrics.text()).toMatch(/dependency_up\{dependency="store"\} 0/);
    isAway = false;
    await untilReasons([]);
    expect(await metrics.text()).toMatch(/dependency_up\{dependency="store"\} 1/);
  });

  it('takes one that does not answer in time for away, and does without those that are not vital', async () => {
    let asked = 0;
    const ask = () => {
      asked++;
      return Promise.reject(new Error('always'));
    };
    watch.add({ name: 'jobs', ask, isVital: false });
    watch.add({ name: 'bus', ask: () => new Promise(() => undefined), isVital: true });
    watch.onApplicationBootstrap();
    await untilReasons(['bus does not answer']);
    expect(asked).toBeGreaterThan(1);
    expect(await metrics.text()).toMatch(/dependency_up\{dependency="jobs"\} 0/);
  });
});
