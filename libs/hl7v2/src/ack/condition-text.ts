import type { ConditionCode } from '../message/message-error.js';

/** Table 0357. */
export const conditionTexts: Readonly<Record<ConditionCode, string>> = {
  100: 'Segment sequence error',
  101: 'Required field missing',
  102: 'Data type error',
  103: 'Table value not found',
  104: 'Value too long',
  198: 'Non-conformant cardinality',
  199: 'Other HL7 error',
  200: 'Unsupported message type',
  201: 'Unsupported event code',
  202: 'Unsupported processing id',
  203: 'Unsupported version id',
  204: 'Unknown key identifier',
  205: 'Duplicate key identifier',
  206: 'Application record locked',
  207: 'Application error',
};

/** What the receiver's version knows: older libraries stumble over the codes of 2.7. */
export function conditionFor(code: ConditionCode, isSince27: boolean): ConditionCode {
  return !isSince27 && (code === 104 || code === 198 || code === 199) ? 207 : code;
}
