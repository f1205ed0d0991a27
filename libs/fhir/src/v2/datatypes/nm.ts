import { decimal } from '../../decimal.js';
import type { Decimal } from '../../fhir-types.js';

/** What nearly all senders write: both standards agree on it. */
const asFhirWrites = /^-?(?:0|[1-9]\d{0,16})(?:\.\d{1,17})?$/;

/**
 * NM (v2.9 §2A.3.47): a sign, digits, a point. HL7 allows a plus sign, leading zeros and a point without digits on one
 * side, FHIR does not; the digits that count are kept. Undefined for anything else.
 */
export function numeric(text: string): Decimal | undefined {
  if (asFhirWrites.test(text)) return decimal(text);
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.trim()) ?? [];
  if (whole + fraction === '') return undefined;
  const integer = whole === '' ? '0' : whole.replace(/^0+(?=\d)/, '');
  return decimal(sign.replace('+', '') + integer + (fraction === '' ? '' : `.${fraction}`));
}
