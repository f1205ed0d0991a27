import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { conceptOfCode } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import type { Slots } from '../slots.js';
import { codeMap } from '../tables/code-map.js';

/** TXA-17, table 0271 (ours: the guide names the element and gives no map). */
const completions = codeMap({
  AU: 'final',
  DI: 'preliminary',
  DO: 'preliminary',
  IN: 'preliminary',
  IP: 'preliminary',
  LA: 'final',
  PA: 'preliminary',
});

/** TXA-19, table 0273. AV is the guide's; of the others it keeps the code only, and these two say more. */
const availabilities = codeMap({ AV: 'current', CA: 'entered-in-error', OB: 'superseded', UN: 'current' });

/** Cancelled by T11: never to be relied on, whatever TXA-17 and TXA-19 still say. */
export function documentStatus(txa: Segment, { draft, slots }: { draft: Draft; slots: Slots }): void {
  if (draft.trigger === 'T11') {
    slots.set('status', 'entered-in-error').set('docStatus', 'entered-in-error');
    return;
  }
  const [completion, availability] = [17, 19].map((n) => txa.field(n).text().trim().toUpperCase());
  slots
    .set('status', availability === '' ? notSaid(draft) : availabilities.get(availability ?? ''))
    .set('_status', availability === '' ? undefined : sentStatus(availability ?? '', draft))
    .set('docStatus', completions.get(completion ?? ''));
}

/** A document that is new is current; a change of status that does not say it leaves it. */
function notSaid({ trigger }: Draft): string | undefined {
  return ['T03', 'T04'].includes(trigger) ? undefined : 'current';
}

/** The code as sent, where FHIR's says less (CA, OB, UN). */
function sentStatus(code: string, draft: Draft): Json | undefined {
  const concept = code === 'AV' ? undefined : conceptOfCode(code, { draft, location: 'TXA-19', table: '0273' });
  const url = 'http://hl7.org/fhir/StructureDefinition/alternate-codes';
  return concept && { extension: [{ url, valueCodeableConcept: concept }] };
}
