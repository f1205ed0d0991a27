import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { conceptOf, conceptOfCode } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { codeMap } from '../tables/code-map.js';

/** RXA-20, table 0322 (fhir.md §5). */
const statuses = codeMap({ CP: 'completed', PA: 'completed', RE: 'not-done', NA: 'not-done' });

export function isWithdrawn(rxa: Segment): boolean {
  return actionOf(rxa) === 'D';
}

// RXA-21, table 0323: A when empty.
export function actionOf(rxa: Segment): string {
  return rxa.field(21).text().trim().toUpperCase() || 'A';
}

export function completionOf(rxa: Segment): string {
  return rxa.field(20).text().trim().toUpperCase();
}

/**
 * RXA-21 D was never so. Beside the guide's table, two things are no vaccine given, whatever RXA-20 says or leaves out:
 * CVX 998 (no vaccine administered), and a reason for refusal where no status is sent.
 */
export function immunizationStatus(rxa: Segment, draft: Draft): string {
  if (isWithdrawn(rxa)) return 'entered-in-error';
  if (isNoVaccine(rxa)) return 'not-done';
  const code = completionOf(rxa);
  const status = statuses.get(code);
  if (status !== undefined) return status;
  if (code !== '') draft.warn('RXA-20 is not in table 0322');
  return rxa.field(18).isEmpty ? 'completed' : 'not-done';
}

function isNoVaccine(rxa: Segment): boolean {
  const code = rxa.field(5);
  return code.text(1) === '998' && ['CVX', 'HL70292', ''].includes(code.text(3).toUpperCase());
}

/** RXA-18, else which of refused and not administered RXA-20 says. */
export function statusReason(rxa: Segment, status: string, draft: Draft): CodeableConcept | undefined {
  const [cwe] = rxa.field(18).repetitions;
  const said = cwe && conceptOf(cwe, { draft, location: 'RXA-18' });
  if (said !== undefined || status !== 'not-done') return said;
  return conceptOfCode(completionOf(rxa), { draft, location: 'RXA-20', table: '0322' });
}
