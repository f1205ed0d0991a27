import type { Repetition, Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept, Identifier } from '../../fhir-types.js';
import { conceptKey } from '../concept-key.js';
import { conceptOf } from '../datatypes/cwe.js';
import { entityIdentifier, entityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import type { Belonging } from './dg1.js';

/** What PRB-1 and GOL-1 (table 0287) do to the item itself. LI and UN are about edges to other items. */
export type CareAction = 'added' | 'updated' | 'deleted';

const actions: ReadonlyMap<string, CareAction> = new Map([
  ['AD', 'added'],
  ['CO', 'updated'],
  ['UP', 'updated'],
  ['UC', 'updated'],
  ['DE', 'deleted'],
]);

/** Undefined, with a warning, for an action that says nothing of the item. */
export function careAction(segment: Segment, draft: Draft): CareAction | undefined {
  const code = segment.field(1).text().trim().toUpperCase();
  const action = code === '' ? 'updated' : actions.get(code);
  if (action === undefined) draft.warn(`${segment.name}-1 is an action that is not mapped`);
  return action;
}

/** A problem or a goal: what it is, and by which number it is known. */
export interface CareItem {
  readonly id: string;
  readonly identifiers: readonly Identifier[];
  readonly concept: CodeableConcept | undefined;
}

/** By field 4, the instance; else by the patient and field 3. Undefined, with a warning, without both. */
export function careItem(
  segment: Segment,
  resourceType: 'Condition' | 'Goal',
  { subject, draft }: Belonging,
): CareItem | undefined {
  const { name } = segment;
  const number = entityNumber(segment.field(4), `${name}-4`, draft);
  const [cwe] = segment.field(3).repetitions;
  const concept = cwe && conceptOf(cwe, { draft, location: `${name}-3` });
  if (number !== undefined) {
    const id = draft.resourceId(resourceType, number.system, draft.businessKey(number.authority, [number.value]));
    return { id, identifiers: [entityIdentifier(number, draft)].filter((one) => one !== undefined), concept };
  }
  if (concept === undefined) {
    draft.warn(`${name}-3 names nothing and ${name}-4 no instance`);
    return undefined;
  }
  const key = JSON.stringify([draft.patientId(subject), name, conceptKey(concept)]);
  return { id: draft.resourceId(resourceType, subject.system, key), identifiers: [], concept };
}

/** PRB-2, GOL-2: when it was acted upon; else the event's. */
export function actedAt(segment: Segment, draft: Draft): { readonly statedAt?: string } {
  const statedAt = draft.times.instant(segment.field(2).text());
  return statedAt === undefined ? {} : { statedAt };
}

/** A user-defined code or its text, in FHIR's words where it is one of them. */
export function wordOf(cwe: Repetition | undefined, words: readonly string[]): string | undefined {
  const said = [1, 2, 9].map((n) =>
    cwe
      ?.text(n)
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/g, '-'),
  );
  return words.find((word) => said.includes(word));
}

/** A code of a FHIR code system as a concept. */
export function fhirConcept(system: string, code: string): CodeableConcept {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] };
}
