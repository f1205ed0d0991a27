import type { ListedIn, PatientIdentifier } from '@anamnesis/core';
import type { Draft } from '../draft.js';
import type { MessagePart } from '../message-part.js';

/** Segments without a number of their own, of which each message has all (hl7v2.md N3), and what ends what it leaves out. */
const ends = {
  NK1: { resourceType: 'RelatedPerson', ended: { active: false } },
  IN1: { resourceType: 'Coverage', ended: { status: 'cancelled' } },
} as const;

type ListSegment = keyof typeof ends;

/** What a statement made of such a segment is an item of: the source's list of the patient. */
export function listedIn(segment: ListSegment, subject: PatientIdentifier, draft: Draft): ListedIn {
  return { name: listName(segment, draft), patientId: draft.patientId(subject) };
}

/**
 * The lists of an ADT, which keeps the register of its patients (v2.9 chapter 3): what these segments made are all there are. A
 * message without the segment says nothing, and that of a source which keeps what it leaves out ends nothing. Orders,
 * results and the like name whom they need for what they are about: never all there are.
 */
export function stateWholeLists(part: MessagePart, subject: PatientIdentifier, draft: Draft): void {
  for (const segment of ['NK1', 'IN1'] as const) {
    if (part.first(segment) === undefined || draft.context.snapshots?.[segment] === 'keep') continue;
    draft.list(draft.patientId(subject), { name: listName(segment, draft), ids: [], ...ends[segment] });
  }
}

function listName(segment: ListSegment, draft: Draft): string {
  return `${draft.localSystem(draft.context.application)}:${segment}`;
}
