// The module has no types, and builds of single apps see only what is referred to.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-consumer-group.d.ts" />
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

// eslint-disable-next-line @typescript-eslint/unbound-method -- called on the group it belongs to
const heartbeat = ConsumerGroup.prototype.heartbeat;

/**
 * kafkajs 2.2.4 beats when the clock has gone so far since it last did. After a clock was set back it would not beat until the
 * clock is there again: the group goes on without the member, which fetches as ever and can settle nothing.
 */
export function beatByAnyClock(): void {
  ConsumerGroup.prototype.heartbeat = function beat(this: ConsumerGroup, options): Promise<void> {
    if (this.lastRequest > Date.now()) this.lastRequest = 0;
    return heartbeat.call(this, options);
  };
}
