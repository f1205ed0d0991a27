import type { CodeableConcept } from '../fhir-types.js';

/** What makes two concepts the same in a business key: the first coding, else the text whatever its case. */
export function conceptKey({ coding, text = '' }: CodeableConcept): string {
  const [first] = coding ?? [];
  return first === undefined ? text.toLowerCase() : `${first.system ?? ''}|${first.code ?? ''}`;
}
