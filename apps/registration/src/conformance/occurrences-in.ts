import { parseFindings } from '@anamnesis/core';
import type { Judged } from '../certify/case.js';
import type { Occurrence } from './count-findings.js';
import { refusalFinding } from './refusal-finding.js';

/** What an event that is decided now adds to the report of its source. Judged afresh, it was counted before. */
export function occurrencesIn({ event, verdict, sourceId, appendedAt, generation }: Judged): readonly Occurrence[] {
  if (sourceId === null || generation > 1) return [];
  // The first event of a message carries what was found in the whole message.
  const found = event.ordinal === 0 ? parseFindings(event.resources.findings) : [];
  const refused = 'rejection' in verdict ? [refusalFinding(verdict.rejection.code, verdict.rejection.message)] : [];
  const { messageId } = event.source;
  return [...found, ...refused].map((finding) => ({ sourceId, finding, at: appendedAt, messageId }));
}
