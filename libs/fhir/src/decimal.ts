import type { Decimal } from './fhir-types.js';

/** FHIR R4 §2.24.0.1 decimal: digits are kept, `7.10` stays `7.10`. */
const fhirDecimal = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?(?:[eE][+-]?\d{1,9})?$/;

/** Undefined when the text is not a decimal as FHIR spells it. */
export function decimal(text: string): Decimal | undefined {
  return fhirDecimal.test(text) ? { $decimal: text } : undefined;
}
