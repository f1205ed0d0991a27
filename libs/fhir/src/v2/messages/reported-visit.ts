import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Draft } from '../draft.js';
import type { Visit } from '../segments/encounter-key.js';
import { isDischarged, visitSlots } from '../segments/pv1.js';

interface Reporting {
  readonly draft: Draft;
  readonly subject: PatientIdentifier;
}

/** The encounter that a report belongs to, as far as a report can know it: its status is not the reporter's to say. */
export function stateReportedVisit(visit: Visit, pv1: Segment, { draft, subject }: Reporting): void {
  const slots = visitSlots(pv1, subject, draft).set('status', isDischarged(pv1) ? 'finished' : undefined);
  draft.state({ resourceType: 'Encounter', id: visit.id, slots });
}
