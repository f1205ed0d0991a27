import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { firstValued } from '../compact.js';
import { entityIdentifier, type EntityNumber } from '../datatypes/ei.js';
import type { Belonging } from '../segments/dg1.js';
import { Slots } from '../slots.js';
import { keyOfNumber, type OrderNumbers, type ResourceKey } from './order-numbers.js';
import type { RequestPlace } from './request-slots.js';

/**
 * An order is known by the placer's number, which it has from its first message on; the filler's comes later. Without any
 * number: by patient, what is ordered and when, else by the message. A second order of one number is told apart by code.
 */
export function requestKey(
  { placer, filler }: OrderNumbers,
  ordered: { readonly code: string; readonly when: string },
  { draft, subject, keys }: RequestPlace,
): ResourceKey {
  const number = placer ?? filler;
  if (number !== undefined) return keys.distinct(keyOfNumber(number, draft), ordered.code);
  draft.warn('no order number in ORC-2, ORC-3: known by patient, code and time');
  const when = firstValued(ordered.when) ?? `message ${draft.message.header.controlId}`;
  const key = JSON.stringify([draft.patientId(subject), ordered.code, when]);
  return keys.distinct({ system: subject.system, key });
}

/** OBR-4, RXO-1, RXE-2 as a part of a key. */
export function orderedCode(detail: Segment | undefined, n: number): string {
  const field = detail?.field(n);
  return firstValued(field?.text(1) ?? '', field?.text(2) ?? '', field?.text(4) ?? '') ?? '';
}

/**
 * Reference to the order of a placer's number. What nobody has told of it yet is stated by its number alone, so that the
 * reference leads somewhere.
 */
export function orderReference(
  type: 'ServiceRequest' | 'MedicationRequest',
  placer: EntityNumber | undefined,
  { draft, subject }: Belonging,
): Reference | undefined {
  if (placer === undefined) return undefined;
  const { system, key } = keyOfNumber(placer, draft);
  const id = draft.resourceId(type, system, key);
  const identifier = entityIdentifier(placer, draft, 'PLAC');
  if (!draft.hasStated(id)) {
    const slots = new Slots()
      .set('identifier:PLAC', identifier && [identifier])
      .set('subject', draft.patientReference(subject));
    draft.state({ resourceType: type, id, slots });
  }
  return { reference: `${type}/${id}`, type, ...(identifier && { identifier }) };
}
