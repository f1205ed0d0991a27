import { requiredElements } from '../assemble/required-elements.js';
import { elementsOf, rowResourceTypes } from './r4/structure.js';

/** `subject`, `patient` or `beneficiary`, as the type has it. */
export function patientElement(type: string): string | undefined {
  return byType.get(type);
}

const byType: ReadonlyMap<string, string> = new Map(
  rowResourceTypes.flatMap((type): [string, string][] => {
    const name = type === 'Patient' ? undefined : findPatientElement(type);
    return name === undefined ? [] : [[type, name]];
  }),
);

function findPatientElement(type: string): string | undefined {
  return ['subject', 'patient', 'beneficiary'].find((name) =>
    elementsOf(type)?.some((element) => element.name === name && element.types[0]?.targets?.includes('Patient')),
  );
}

/** Does the product say something for a required element that no row states: the patient, a status that nobody knows? */
export function isFilled(type: string, name: string): boolean {
  if (name === patientElement(type)) return true;
  return requiredElements(type).some(([one]) => one === name || one === `${name}CodeableConcept`);
}
