import type { Segment } from '@anamnesis/hl7v2';
import type { Draft } from '../draft.js';
import { codeMap } from '../tables/code-map.js';

/** OBR-25, table 0123 (fhir.md §5). Y and Z (no such order, no such patient) are errors of the exchange. */
const statuses = codeMap({
  A: 'partial',
  C: 'corrected',
  F: 'final',
  I: 'registered',
  M: 'preliminary',
  N: 'registered',
  O: 'registered',
  P: 'preliminary',
  R: 'partial',
  S: 'registered',
  X: 'cancelled',
});

/** Of results whose order states no status: the one that leaves least to be relied on. */
const cautious: readonly (readonly [string, string])[] = [
  ['registered', 'partial'],
  ['preliminary', 'preliminary'],
  ['unknown', 'unknown'],
  ['corrected', 'corrected'],
  ['amended', 'amended'],
  ['final', 'final'],
  ['cancelled', 'cancelled'],
  ['entered-in-error', 'entered-in-error'],
];

/** OBR-25 as the status of a result that states none; `partial` is of reports alone. */
export function statusOfResults(obr: Segment): string | undefined {
  const status = statuses.get(obr.field(25).text().trim().toUpperCase());
  return status === 'partial' ? 'preliminary' : status;
}

export function reportStatus(obr: Segment, ofResults: readonly string[], draft: Draft): string {
  const code = obr.field(25).text().trim().toUpperCase();
  if (code !== '') {
    const status = statuses.get(code);
    if (status === undefined) draft.warn('OBR-25 is no status of a report');
    return status ?? 'unknown';
  }
  draft.warn('OBR-25 is empty: derived from OBX-11');
  return cautious.find(([result]) => ofResults.includes(result))?.[1] ?? 'unknown';
}
