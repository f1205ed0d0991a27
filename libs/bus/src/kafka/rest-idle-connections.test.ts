import { describe, expect, it } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { restIdleConnections } from './rest-idle-connections.js';

interface Queue {
  readonly pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

const queueOf = (): Queue => {
  const logger = { debug: () => undefined };
  const options = { maxInFlightRequests: 1, requestTimeout: 1000, clientId: 'test', broker: 'test', logger };
  return new (RequestQueue as unknown as new (options: object) => Queue)(options);
};

describe('an idle connection to a broker', () => {
  restIdleConnections();

  it('sets no timer', () => {
    const queue = queueOf();
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it.each([
    ['a request waits', (queue: Queue) => queue.pending.push({})],
    ['the broker has asked for a pause', (queue: Queue) => (queue.throttledUntil = Date.now() + 60_000)],
  ])('looks again when %s', (_, make) => {
    const queue = queueOf();
    make(queue);
    (queue as unknown as RequestQueue).scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    clearTimeout(queue.throttleCheckTimeoutId ?? undefined);
  });
});
