// The module has no types, and builds of single apps see only what is referred to.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-request-queue.d.ts" />
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

// eslint-disable-next-line @typescript-eslint/unbound-method -- called on the queue it belongs to
const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;

/**
 * kafkajs 2.2.4 looks every millisecond, on every connection and for good, whether a request may be sent that had to
 * wait, also where none waits: a thousand timers a second for each lane. It looks when something does.
 */
export function restIdleConnections(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function rest(this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
