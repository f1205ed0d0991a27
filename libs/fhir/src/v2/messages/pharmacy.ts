import type { Segment } from '@anamnesis/hl7v2';
import { stateGiveInstruction } from '../medications/give-instruction.js';
import { stateMedicationAdministration } from '../medications/medication-administration.js';
import { stateMedicationDispense } from '../medications/medication-dispense.js';
import { orderGroups, segmentsOf, type OrderGroup } from '../orders/order-groups.js';
import { KeysMet } from '../orders/order-numbers.js';
import type { RequestPlace } from '../orders/request-slots.js';
import type { StructureMapping } from '../structure-mapping.js';
import { patientEvent } from './patient-event.js';

interface PharmacyStructure {
  readonly name: string;
  readonly version: number;
  readonly type: string;
  /** The segment that says what was done. */
  readonly detail: string;
  readonly state: (group: OrderGroup, detail: Segment, place: RequestPlace) => void;
}

/** What became of a prescription: handed over (RXD), to be given (RXG), given or not (RXA); each a fact of its own. */
export const pharmacy: readonly StructureMapping[] = [
  { name: 'RDS_O13', version: 4, type: 'medication.dispensed', detail: 'RXD', state: stateMedicationDispense },
  { name: 'RGV_O15', version: 4, type: 'order.placed', detail: 'RXG', state: stateGiveInstruction },
  { name: 'RAS_O17', version: 5, type: 'medication.administered', detail: 'RXA', state: stateMedicationAdministration },
].map(pharmacyMapping);

function pharmacyMapping({ name, version, type, detail, state }: PharmacyStructure): StructureMapping {
  const mapping = { name, version };
  return {
    ...mapping,
    map: (message, context) => {
      const { groups } = orderGroups(message, { details: new Set([detail]) });
      const say = (place: Omit<RequestPlace, 'keys'>): void => {
        const withKeys = { ...place, keys: new KeysMet() };
        for (const group of groups) {
          if (group.detail) state(routed(group, groups), group.detail, withKeys);
          else place.draft.warn(`an order without ${detail} is kept in the message only`);
        }
      };
      return [patientEvent(message, context, { mapping, type, say })];
    },
  };
}

/** RXR stands once behind all RXA of an order: it is the route of each. */
function routed(group: OrderGroup, groups: readonly OrderGroup[]): OrderGroup {
  if (group.orc === undefined || segmentsOf(group, 'RXR').length > 0) return group;
  const ofOrder = groups.filter(({ orc }) => orc === group.orc);
  return { ...group, segments: [...group.segments, ...ofOrder.flatMap((one) => segmentsOf(one, 'RXR'))] };
}
