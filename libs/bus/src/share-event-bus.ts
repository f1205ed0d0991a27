import type { MessagePort } from 'node:worker_threads';
import type { EventBus } from './event-bus.js';

/** A bus that lives in this process, so that another thread of it needs a way in. */
export interface ShareableEventBus extends EventBus {
  share(): MessagePort;
}

/**
 * A way for another thread of this process to the same bus: `openEventBus({ attachTo })` there. The port is used once;
 * whoever attaches must be closed before or with `bus`. Throws `TypeError` for a backend that every thread opens by
 * itself, and `Unavailable` when the bus is closed.
 */
export function shareEventBus(bus: EventBus): MessagePort {
  if (!isShareable(bus)) throw new TypeError('this event bus is not shared between threads: open one in each');
  return bus.share();
}

function isShareable(bus: EventBus): bus is ShareableEventBus {
  return 'share' in bus && typeof bus.share === 'function';
}
