import { immunizationStatus, isWithdrawn } from '../immunizations/immunization-status.js';
import { stateImmunization } from '../immunizations/rxa.js';
import { Draft } from '../draft.js';
import { stateLooseObservations } from '../orders/loose-observations.js';
import { orderGroups, type OrderGroup } from '../orders/order-groups.js';
import { KeysMet } from '../orders/order-numbers.js';
import type { StructureMapping } from '../structure-mapping.js';
import { patientEvent } from './patient-event.js';

const mapping = { name: 'VXU_V04', version: 5 };
const cut = { details: new Set(['RXA']) };

/** VXU_V04: an Immunization per RXA. OBX before the first order are about the person. */
export const vxuV04: StructureMapping = {
  ...mapping,
  map: (message, context) => {
    const { head, groups } = orderGroups(message, cut);
    const type = eventType(groups, new Draft(message, context));
    const keys = new KeysMet();
    return [
      patientEvent(message, context, {
        mapping,
        type,
        say: (place) => {
          stateLooseObservations(head, place);
          for (const group of groups) stateGroup(group, { ...place, keys });
        },
      }),
    ];
  },
};

function stateGroup(group: OrderGroup, place: Parameters<typeof stateImmunization>[2]): void {
  if (group.detail) stateImmunization(group, group.detail, place);
  else place.draft.warn('an order without RXA is kept in the message only');
}

/** Withdrawn or refused when that is all that the message says; the warnings of `draft` are not this event's. */
function eventType(groups: readonly OrderGroup[], draft: Draft): string {
  const all = groups.flatMap(({ detail }) => (detail ? [detail] : []));
  if (all.length === 0) return 'immunization.given';
  if (all.every(isWithdrawn)) return 'immunization.withdrawn';
  return all.some((rxa) => immunizationStatus(rxa, draft) === 'completed')
    ? 'immunization.given'
    : 'immunization.refused';
}
