import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptKey } from '../concept-key.js';
import { conceptOf, conceptOfCode } from '../datatypes/cwe.js';
import { entityIdentifier, entityNumber } from '../datatypes/ei.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { codeMap } from '../tables/code-map.js';
import type { Visit } from './encounter-key.js';

/** DG1-6, table 0052: how sure the diagnosis is. */
const certainties = codeMap({ A: 'provisional', W: 'provisional', F: 'confirmed' });

/** Where a clinical segment of an ADT belongs. */
export interface Belonging {
  readonly subject: PatientIdentifier;
  readonly visit: Visit | undefined;
  readonly draft: Draft;
}

/** DG1 as a Condition. Returns what `Encounter.diagnosis` says of it. */
export function stateCondition(dg1: Segment, { subject, visit, draft }: Belonging): Json | undefined {
  const code = diagnosis(dg1, draft);
  if (code === undefined) {
    draft.warn('DG1-3 names no diagnosis');
    return undefined;
  }
  const number = entityNumber(dg1.field(20), 'DG1-20', draft);
  const identifier = entityIdentifier(number, draft);
  const slots = new Slots()
    .set('identifier', identifier && [identifier])
    .set('verificationStatus', verification(dg1))
    .set('category', [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-category', code: 'encounter-diagnosis' }] },
    ])
    .set('code', code)
    .set('subject', draft.patientReference(subject))
    .set('encounter', visit?.reference);
  new SlotReader(draft, dg1, slots)
    .field(5, 'onset[x]', (field) => compact({ onsetDateTime: draft.times.dateTime(field.text()) }))
    .field(19, 'recordedDate', (field) => draft.times.dateTime(field.text()))
    .first(16, 'asserter', (xcn) => practitionerReference(xcn, draft));
  const key = number
    ? draft.businessKey(number.authority, [number.value])
    : JSON.stringify([draft.patientId(subject), visit?.id ?? '', conceptKey(code)]);
  const id = draft.resourceId('Condition', number?.system ?? subject.system, key);
  draft.state({ resourceType: 'Condition', id, slots });
  return diagnosisOfEncounter(dg1, id, draft);
}

// DG1-3 with DG1-4; before 2.4 the system stood in DG1-2.
function diagnosis(dg1: Segment, draft: Draft): CodeableConcept | undefined {
  const [cwe] = dg1.field(3).repetitions;
  const systemDefault = valued(dg1.field(2).text());
  const place = { draft, location: 'DG1-3', ...(systemDefault !== undefined && { systemDefault }) };
  const said = cwe && conceptOf(cwe, place);
  return compact({ coding: said?.coding, text: said?.text ?? valued(dg1.field(4).text()) });
}

// DG1-21 D: never said so.
function verification(dg1: Segment): CodeableConcept | undefined {
  const code = dg1.field(21).text() === 'D' ? 'entered-in-error' : certainties.get(dg1.field(6).text());
  const system = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
  return code === undefined ? undefined : { coding: [{ system, code }] };
}

// DG1-6 use, DG1-15 rank
function diagnosisOfEncounter(dg1: Segment, id: string, draft: Draft): Json | undefined {
  const rank = dg1.field(15).text();
  return compact({
    condition: { reference: `Condition/${id}` },
    use: conceptOfCode(dg1.field(6).text(), { draft, location: 'DG1-6', table: '0052' }),
    rank: /^[1-9]\d{0,3}$/.test(rank) ? Number(rank) : undefined,
  });
}
