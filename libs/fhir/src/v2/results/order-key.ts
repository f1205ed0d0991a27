import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { firstValued } from '../compact.js';
import { entityNumber, type EntityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';

export interface Order {
  /** Filler and placer number, of OBR or else of ORC. */
  readonly filler: EntityNumber | undefined;
  readonly placer: EntityNumber | undefined;
  readonly system: string;
  readonly key: string;
}

/**
 * The order that results belong to: filler number, else placer number, with OBR-4. An order without a number is known by
 * patient, OBR-4 and OBR-7; without OBR-7 only the message itself tells it from another.
 */
export function orderOf(
  obr: Segment,
  orc: Segment | undefined,
  place: { subject: PatientIdentifier; draft: Draft },
): Order {
  const { subject, draft } = place;
  const numberAt = (n: number) =>
    entityNumber(obr.field(n), `OBR-${n}`, draft) ?? (orc && entityNumber(orc.field(n), `OBR-${n}`, draft));
  const [filler, placer] = [numberAt(3), numberAt(2)];
  const number = filler ?? placer;
  const code = firstValued(obr.field(4).text(1), obr.field(4).text(2), obr.field(4).text(4)) ?? '';
  if (number !== undefined)
    return { filler, placer, system: number.system, key: draft.businessKey(number.authority, [number.value, code]) };
  draft.warn('no order number in OBR-2, OBR-3, ORC-2, ORC-3: known by patient, OBR-4 and OBR-7');
  const when = firstValued(obr.field(7).text()) ?? `message ${draft.message.header.controlId}`;
  const key = JSON.stringify([draft.patientId(subject), code, when]);
  return { filler, placer, system: subject.system, key };
}
