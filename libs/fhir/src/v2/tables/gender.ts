import { codeMap } from './code-map.js';

const genders = codeMap({ F: 'female', M: 'male', O: 'other', U: 'unknown', A: 'other', N: 'other' });
const words = new Set(['female', 'male', 'other', 'unknown']);

/** HL7 table 0001, or FHIR's own word, to FHIR's administrative gender; undefined for anything else. */
export function gender(code: string): string | undefined {
  const word = code.trim().toLowerCase();
  return words.has(word) ? word : genders.get(word.toUpperCase());
}
