import type { Draft } from '../draft.js';
import type { OrderGroup } from './order-groups.js';
import { controlOf, isPriorResult, orderStatus } from './order-status.js';

/**
 * Cancelled when every order of the message is, placed when one is new, else updated; an answer places nothing. The
 * warnings of `draft` are not the event's.
 */
export function orderEventType(groups: readonly OrderGroup[], isAnswer: boolean, draft: Draft): string {
  const orders = groups.filter(({ orc }) => !isPriorResult(orc));
  if (orders.length > 0 && orders.every(({ orc }) => orderStatus(orc, draft) === 'revoked')) return 'order.cancelled';
  const isPlaced = orders.length === 0 || orders.some(({ orc }) => ['', 'NW', 'RO', 'SN'].includes(controlOf(orc)));
  return isPlaced && !isAnswer ? 'order.placed' : 'order.updated';
}
