import { decimal } from '../../decimal.js';
import type { Decimal } from '../../fhir-types.js';

/**
 * NM (v2.9 §2A.3.47): a sign, digits, a point. HL7 allows a plus sign, leading zeros and a point without digits on one
 * side, FHIR does not; the digits that count are kept. Undefined for anything else.
 */
export function numeric(text: string): Decimal | undefined {
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.trim()) ?? [];
  if (whole + fraction === '') return undefined;
  const integer = whole === '' ? '0' : whole.replace(/^0+(?=\d)/, '');
  return decimal(sign.replace('+', '') + integer + (fraction === '' ? '' : `.${fraction}`));
}
