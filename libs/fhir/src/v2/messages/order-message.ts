import type { Reference } from '../../fhir-types.js';
import { Draft } from '../draft.js';
import { stateMedicationRequest } from '../medications/medication-request.js';
import { stateLooseObservations } from '../orders/loose-observations.js';
import { orderEventType } from '../orders/order-event-type.js';
import { orderGroups, type Cut, type OrderGroup } from '../orders/order-groups.js';
import { KeysMet } from '../orders/order-numbers.js';
import { isPriorResult, isReplaced } from '../orders/order-status.js';
import type { RequestPlace } from '../orders/request-slots.js';
import { stateServiceRequest } from '../orders/service-request.js';
import type { StructureMapping } from '../structure-mapping.js';
import { patientEvent } from './patient-event.js';

interface OrderStructure extends Partial<Cut> {
  readonly name: string;
  readonly version: number;
  /** An order that names no drug (RXO, RXE) is one of medication all the same. */
  readonly isPharmacy?: boolean;
  /** ORR and the like: what the filler answers. */
  readonly isAnswer?: boolean;
}

const details: ReadonlySet<string> = new Set(['OBR', 'RXO', 'ODS', 'ODT', 'RQD']);

/** A structure of orders or of answers to them: each ORC group becomes a request, or says what became of one. */
export function orderMapping({
  name,
  version,
  isPharmacy = false,
  isAnswer = false,
  ...cut
}: OrderStructure): StructureMapping {
  const mapping = { name, version };
  return {
    ...mapping,
    map: (message, context) => {
      const { head, groups, ofSpecimen } = orderGroups(message, { details, ...cut });
      const type = orderEventType(groups, isAnswer, new Draft(message, context));
      const say = (place: Omit<RequestPlace, 'keys'>): void => {
        if (ofSpecimen.length > 0) place.draft.warn('OBX and NTE about a specimen are kept in the message only');
        stateLooseObservations(head, place);
        stateRequests(groups, { ...place, keys: new KeysMet() }, isPharmacy);
      };
      return [patientEvent(message, context, { mapping, type, say })];
    },
  };
}

function stateRequests(groups: readonly OrderGroup[], place: RequestPlace, isPharmacy: boolean): void {
  let replaced: readonly Reference[] = [];
  for (const group of groups) {
    if (isPriorResult(group.orc)) {
      place.draft.warn('prior results (ORC-1 PR) are kept in the message only');
      continue;
    }
    const stated = stateRequest(group, { place, isPharmacy, replaced });
    // Replaced orders stand before the one that replaces them (v2.9 §4.5.1.1, RP RO).
    if (isReplaced(group.orc) && stated) replaced = [...replaced, stated];
    else replaced = [];
  }
}

interface RequestOptions {
  readonly place: RequestPlace;
  readonly isPharmacy: boolean;
  readonly replaced: readonly Reference[];
}

function stateRequest(group: OrderGroup, { place, isPharmacy, replaced }: RequestOptions): Reference | undefined {
  const name = group.detail?.name ?? '';
  if (isPharmacy || name === 'RXO' || name === 'RXE') return stateMedicationRequest(group, place, replaced);
  if (name === '' || name === 'OBR') return stateServiceRequest(group, place, replaced);
  place.draft.warn(`an order of ${name} is kept in the message only`);
  return undefined;
}
