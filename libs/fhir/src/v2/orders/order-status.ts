import type { Segment } from '@anamnesis/hl7v2';
import type { Draft } from '../draft.js';
import { codeMap } from '../tables/code-map.js';

/** ORC-5, table 0038 (fhir.md §5); A (some results available) is ours. */
const byStatus = codeMap({
  A: 'active',
  CA: 'revoked',
  CM: 'completed',
  DC: 'revoked',
  ER: 'entered-in-error',
  HD: 'on-hold',
  IP: 'active',
  RP: 'revoked',
  SC: 'active',
});

/**
 * ORC-1, table 0119. CA and HD are requests: the order stands until its filler answers. Ours where the guide is empty: OE,
 * OF, OR, PA, SN leave it active, RU replaced it, UA never took it. RQ names the order that was replaced, which the guide
 * leaves active. Codes without an entry say nothing of the status.
 */
const byControl = codeMap({
  AF: 'active',
  CA: 'active',
  CH: 'active',
  CR: 'revoked',
  DC: 'revoked',
  DF: 'revoked',
  DR: 'revoked',
  FU: 'completed',
  HD: 'active',
  HR: 'on-hold',
  NW: 'active',
  OC: 'revoked',
  OD: 'revoked',
  OE: 'active',
  OF: 'active',
  OH: 'on-hold',
  OK: 'active',
  OR: 'active',
  PA: 'active',
  PY: 'active',
  RL: 'active',
  RO: 'active',
  RQ: 'revoked',
  RU: 'revoked',
  SN: 'active',
  UA: 'revoked',
});

/** Of the codes that end an order, those by which nothing of it was ever done: cancelled rather than stopped. */
const beforeStart = { status: new Set(['CA']), control: new Set(['CR', 'DF', 'OC', 'UA']) };

/** ORC-1, in capitals; empty without ORC. */
export function controlOf(orc: Segment | undefined): string {
  return orc?.field(1).text().trim().toUpperCase() ?? '';
}

/** Status of a ServiceRequest: ORC-5, else ORC-1. Undefined leaves what was said before. */
export function orderStatus(orc: Segment | undefined, draft: Draft): string | undefined {
  const code = statusOf(orc);
  if (code === '') return byControl.get(controlOf(orc));
  const status = byStatus.get(code);
  if (status === undefined) draft.warn('ORC-5 is not in table 0038');
  return status;
}

/** The same of a MedicationRequest, which tells cancelled from stopped. */
export function prescriptionStatus(orc: Segment | undefined, draft: Draft): string | undefined {
  const status = orderStatus(orc, draft);
  if (status !== 'revoked') return status;
  const code = statusOf(orc);
  const isCancelled = code === '' ? beforeStart.control.has(controlOf(orc)) : beforeStart.status.has(code);
  return isCancelled ? 'cancelled' : 'stopped';
}

/** Results that came before the order was made (ORC-1 PR) have their own messages. */
export function isPriorResult(orc: Segment | undefined): boolean {
  return controlOf(orc) === 'PR';
}

/** Replaced by the order that follows it in the message. */
export function isReplaced(orc: Segment | undefined): boolean {
  return ['RP', 'RQ', 'RU'].includes(controlOf(orc));
}

function statusOf(orc: Segment | undefined): string {
  return orc?.field(5).text().trim().toUpperCase() ?? '';
}
