import { Draft } from '../draft.js';
import { eventTimes } from '../event-times.js';
import { stateBed } from '../segments/npu.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';

const mapping = { name: 'ADT_A20', version: 1 };

/** ADT_A20: the state of a bed. It is about nobody. */
export const adtA20: StructureMapping = {
  ...mapping,
  map: (message, context) => {
    const draft = new Draft(message, context);
    const { statedAt, occurredAt } = eventTimes(message, draft.times, false);
    draft.statedAt = statedAt ?? context.receivedAt;
    for (const npu of message.all('NPU')) stateBed(npu, draft);
    return [eventOf(draft, { type: 'location.updated', occurredAt, mapping })];
  },
};
