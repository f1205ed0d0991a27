import { codeMap } from './code-map.js';

const genders = codeMap({ F: 'female', M: 'male', O: 'other', U: 'unknown', A: 'other', N: 'other' });

/** HL7 table 0001 to FHIR's administrative gender; undefined for what the table does not list. */
export function gender(code: string): string | undefined {
  return genders.get(code.trim().toUpperCase());
}
