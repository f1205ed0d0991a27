import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptKey } from '../concept-key.js';
import { conceptOf } from '../datatypes/cwe.js';
import { entityIdentifier, entityNumber } from '../datatypes/ei.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import type { Belonging } from './dg1.js';

/** Who did it: PR1-8, PR1-11, PR1-12. */
const performers: readonly (readonly [number, string])[] = [
  [8, 'Anesthesiologist'],
  [11, 'Surgeon'],
  [12, 'Procedure practitioner'],
];

/** PR1 as a Procedure: it was done, unless PR1-20 takes it back. */
export function stateProcedure(pr1: Segment, { subject, visit, draft }: Belonging): void {
  const code = procedure(pr1, draft);
  if (code === undefined) {
    draft.warn('PR1-3 names no procedure');
    return;
  }
  const number = entityNumber(pr1.field(19), 'PR1-19', draft);
  const identifier = entityIdentifier(number, draft);
  const slots = new Slots()
    .set('identifier', identifier && [identifier])
    .set('status', statusOf(pr1))
    .set('code', code)
    .set('subject', draft.patientReference(subject))
    .set('encounter', visit?.reference);
  const read = new SlotReader(draft, pr1, slots)
    .field(5, 'performed[x]', (field) => compact({ performedDateTime: draft.times.dateTime(field.text()) }))
    .first(6, 'category', (cwe) => conceptOf(cwe, { draft, location: 'PR1-6', table: '0230' }))
    .list(15, 'reasonCode', (cwe) => conceptOf(cwe, { draft, location: 'PR1-15' }));
  for (const [n, text] of performers) {
    read.list(n, `performer:PR1-${n}`, (xcn) => {
      const actor = practitionerReference(xcn, draft);
      return actor && { function: { text }, actor };
    });
  }
  const content = [draft.patientId(subject), visit?.id ?? '', conceptKey(code), pr1.field(5).text()];
  const key = number ? draft.businessKey(number.authority, [number.value]) : JSON.stringify(content);
  const id = draft.resourceId('Procedure', number?.system ?? subject.system, key);
  draft.state({ resourceType: 'Procedure', id, slots });
}

function statusOf(pr1: Segment): string {
  return pr1.field(20).text() === 'D' ? 'entered-in-error' : 'completed';
}

// PR1-3 with PR1-4; before 2.4 the system stood in PR1-2.
function procedure(pr1: Segment, draft: Draft): CodeableConcept | undefined {
  const [cwe] = pr1.field(3).repetitions;
  const systemDefault = valued(pr1.field(2).text());
  const place = { draft, location: 'PR1-3', ...(systemDefault !== undefined && { systemDefault }) };
  const said = cwe && conceptOf(cwe, place);
  return compact({ coding: said?.coding, text: said?.text ?? valued(pr1.field(4).text()) });
}
