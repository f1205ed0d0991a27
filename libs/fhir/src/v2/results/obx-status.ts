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

function observationStatus(obx: Segment, { draft, ofReport }: StatusPlace): string {
  const code = statusCode(obx);
  if (code === '') return unsaidStatus(draft, ofReport);
  const status = statuses.get(code);
  if (status === undefined) draft.warn('OBX-11 is not in table 0085');
  return status ?? 'unknown';
}

export interface StatusPlace {
  readonly draft: Draft;
  /** OBR-25 as a status, where the lines are results of a report. */
  readonly ofReport?: string | undefined;
}

/** Senders of 2.4 and before may leave OBX-11 out of what is final (hl7v2.md §7); later ones have to say it. */
function unsaidStatus(draft: Draft, ofReport = 'unknown'): string {
  const { version } = draft.message.header;
  if (version === '' || /^2\.[1-4](?:\.|$)/.test(version)) {
    draft.warn('OBX-11 is empty: taken as final');
    return 'final';
  }
  draft.warn('OBX-11 is empty: taken from OBR-25, else unknown');
  return ofReport;
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
export function unitStatus(lines: readonly Segment[], place: StatusPlace): string {
  const [only] = lines;
  if (only !== undefined && lines.length === 1)
    return isWithdrawn(only) ? 'entered-in-error' : observationStatus(only, place);
  const standing = lines.filter((obx) => !isWithdrawn(obx));
  if (standing.length === 0) return 'entered-in-error';
  const found = new Set(standing.map((obx) => observationStatus(obx, place)));
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
