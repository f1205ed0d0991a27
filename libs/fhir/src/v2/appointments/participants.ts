import type { Json } from '@anamnesis/core';
import type { Repetition, Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept, Reference } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { placeReference } from '../datatypes/pl.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import type { Belonging } from '../segments/dg1.js';
import type { Slots } from '../slots.js';
import { participationStatus } from './appointment-status.js';

interface ResourceSegment {
  readonly name: string;
  /** Fields of its kind and of its status. */
  readonly type?: number;
  readonly status: number;
  readonly actor: (repetition: Repetition, draft: Draft) => Reference | undefined;
}

/** Who and what is needed: AIG-3 is coded, and may be a device, a room or a group. */
const resources: readonly ResourceSegment[] = [
  { name: 'AIP', type: 4, status: 12, actor: practitionerReference },
  { name: 'AIL', type: 4, status: 12, actor: placeReference },
  { name: 'AIG', type: 4, status: 14, actor: generalResource },
];

/** People of SCH: the contacts of who asked and who books, and who typed it in. */
const contacts: readonly (readonly [number, string])[] = [
  [12, 'placer contact'],
  [16, 'filler contact'],
  [20, 'enterer'],
];

/** Each kind is a full list: what is not in it takes no part any more, nor does what is deleted (AIx-2 D). */
export function participantSlots(
  sch: Segment,
  segments: readonly Segment[],
  { slots, place }: { slots: Slots; place: Belonging },
): void {
  const { draft, subject } = place;
  slots.set('participant:PID', [{ actor: draft.patientReference(subject), status: 'accepted' }]);
  for (const kind of resources) {
    const sent = segments.filter(({ name }) => name === kind.name);
    const standing = sent.filter((segment) => segment.field(2).text().trim().toUpperCase() !== 'D');
    const said = standing.flatMap((segment) => participantsOf(segment, kind, draft));
    slots.set(`participant:${kind.name}`, said);
    if (sent.length > 0 && said.length === 0) slots.remove(`participant:${kind.name}`);
  }
  for (const [n, text] of contacts) {
    const actors = sch.field(n).repetitions.map((xcn) => practitionerReference(xcn, draft));
    const said = actors.filter((actor) => actor !== undefined);
    slots.set(
      `participant:SCH-${n}`,
      said.map((actor) => ({ type: [{ text }], actor, status: 'accepted' })),
    );
  }
}

function participantsOf(segment: Segment, { type, status, actor }: ResourceSegment, draft: Draft): readonly Json[] {
  const [cwe] = type === undefined ? [] : segment.field(type).repetitions;
  const kind: CodeableConcept | undefined = cwe && conceptOf(cwe, { draft, location: `${segment.name}-${type}` });
  return segment.field(3).repetitions.flatMap((repetition) => {
    const who = actor(repetition, draft);
    if (who === undefined) return [];
    const said = compact({ type: kind === undefined ? [] : [kind], actor: who });
    return [{ ...said, status: participationStatus(segment.field(status).text()) }];
  });
}

function generalResource(cwe: Repetition, draft: Draft): Reference | undefined {
  const value = valued(cwe.text(1));
  const identifier = value === undefined ? undefined : { system: draft.fieldSystem('AIG-3'), value };
  return compact({ identifier, display: firstValued(cwe.text(2), cwe.text(1)) });
}
