import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import type { Draft } from '../draft.js';
import { codeMap } from '../tables/code-map.js';

/** OBX-11, table 0085 (fhir.md §5). O says nothing of a result and has no entry. */
const statuses = codeMap({
  A: 'amended',
  B: 'amended',
  C: 'corrected',
  D: 'entered-in-error',
  F: 'final',
  I: 'registered',
  N: 'final',
  P: 'preliminary',
  R: 'preliminary',
  S: 'preliminary',
  U: 'final',
  V: 'final',
  W: 'entered-in-error',
  X: 'cancelled',
});

/** Of several lines, the one that a reader has to know of. */
const telling = ['corrected', 'amended', 'preliminary', 'registered', 'final', 'cancelled', 'unknown'];

const absence = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';

/** OBX-11 in capitals and without blanks, which is how nearly everybody sends it. */
function statusCode(obx: Segment): string {
  const sent = obx.field(11).text();
  return sent === '' || statuses.has(sent) ? sent : sent.trim().toUpperCase();
}

export function observationStatus(obx: Segment, draft: Draft): string {
  const code = statusCode(obx);
  // Senders before 2.3 have no OBX-11: their results are final.
  if (code === '') draft.warn('OBX-11 is empty: taken as final');
  const status = code === '' ? 'final' : statuses.get(code);
  if (status === undefined) draft.warn('OBX-11 is not in table 0085');
  return status ?? 'unknown';
}

/** D and W: the value was never right, or never this patient's. */
export function isWithdrawn(obx: Segment): boolean {
  return ['D', 'W'].includes(statusCode(obx));
}

/** O describes the order, not a result. */
export function isOrderDetail(obx: Segment): boolean {
  return statusCode(obx) === 'O';
}

/** The status of lines that are one Observation; withdrawn ones count only when all are. */
export function unitStatus(lines: readonly Segment[], draft: Draft): string {
  const [only] = lines;
  if (only !== undefined && lines.length === 1)
    return isWithdrawn(only) ? 'entered-in-error' : observationStatus(only, draft);
  const standing = lines.filter((obx) => !isWithdrawn(obx));
  if (standing.length === 0) return 'entered-in-error';
  const found = new Set(standing.map((obx) => observationStatus(obx, draft)));
  return telling.find((status) => found.has(status)) ?? 'unknown';
}

/** X and N say why there is no value. `text` is what the sender put in its place. */
export function absentReason(obx: Segment, text: string | undefined): CodeableConcept | undefined {
  const code = statusCode(obx);
  if (code === 'N') return { coding: [{ system: absence, code: 'not-asked' }] };
  if (code !== 'X') return undefined;
  const sent = { system: 'http://terminology.hl7.org/CodeSystem/v2-0085', code: 'X' };
  return { coding: [{ system: absence, code: 'unknown' }, sent], ...(text !== undefined && { text }) };
}
