import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact } from '../compact.js';
import { entityNumberOf } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import { keyOfNumber, numberSlots, type OrderNumbers, placerIdentifier } from '../orders/order-numbers.js';
import type { Belonging } from '../segments/dg1.js';
import { Slots } from '../slots.js';
import { endOf, endings } from './appointment-time.js';

/**
 * The orders that the appointment is for: SCH-26 and SCH-27, paired by position. The first booking makes them active where
 * SCH-25 does not speak for the appointment alone, and AIS-4 plans them; what else there is of them their own messages tell.
 */
export function stateBookedOrders(sch: Segment, segments: readonly Segment[], place: Belonging): readonly Reference[] {
  const { draft } = place;
  const orders = numbersIn(sch, draft);
  const services = segments.filter((one) => one.name === 'AIS' && one.field(2).text().trim().toUpperCase() !== 'D');
  const isPaired = services.length === orders.length;
  return orders.flatMap((numbers, at) => {
    const ais = isPaired ? services[at] : undefined;
    const reference = stateOrder(numbers, { isActive: isNew(sch, draft), when: ais && planned(ais, draft) }, place);
    return reference === undefined ? [] : [reference];
  });
}

interface Booking {
  readonly isActive: boolean;
  readonly when: Json | undefined;
}

function stateOrder(numbers: OrderNumbers, { isActive, when }: Booking, place: Belonging): Reference | undefined {
  const { draft, subject } = place;
  const number = numbers.placer ?? numbers.filler;
  if (number === undefined) return undefined;
  const { system, key } = keyOfNumber(number, draft);
  const id = draft.resourceId('ServiceRequest', system, key);
  const slots = numberSlots(numbers, new Slots(), draft)
    .set('subject', draft.patientReference(subject))
    .set('status', isActive ? 'active' : undefined)
    .set('occurrence[x]', when);
  draft.state({ resourceType: 'ServiceRequest', id, slots });
  const identifier = placerIdentifier(numbers, draft);
  return { reference: `ServiceRequest/${id}`, type: 'ServiceRequest', ...(identifier && { identifier }) };
}

/** An EI without an authority is the facility's, as in OBR-2 and OBR-3. */
function numbersIn(sch: Segment, draft: Draft): readonly OrderNumbers[] {
  const [placers, fillers] = [26, 27].map((n) => sch.field(n).repetitions);
  const count = Math.max(placers?.length ?? 0, fillers?.length ?? 0);
  return Array.from({ length: count }, (_, at) => {
    const [placer, filler] = [placers?.[at], fillers?.[at]];
    return {
      placer: placer && entityNumberOf(placer, 'OBR-2', draft),
      filler: filler && entityNumberOf(filler, 'OBR-3', draft),
    };
  });
}

function isNew(sch: Segment, { trigger }: Draft): boolean {
  return trigger === 'S12' && sch.field(25).isEmpty;
}

/** AIS-4 with its duration; what ends the appointment names it by its start and plans nothing. */
function planned(ais: Segment, draft: Draft): Json | undefined {
  const start = endings.has(draft.trigger) ? undefined : draft.times.dateTime(ais.field(4).text());
  if (start === undefined) return undefined;
  return { occurrencePeriod: compact({ start, end: endOf(ais, draft) }) };
}
