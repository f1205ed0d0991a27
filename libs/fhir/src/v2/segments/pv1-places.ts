import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact } from '../compact.js';
import type { Draft } from '../draft.js';
import type { Slots } from '../slots.js';
import { place } from './pv1.js';

/**
 * What one event says about places. `assemble` puts the parts in order of `at` and closes each with the next, so that a
 * transfer arriving late, or cancelled, leaves the history that would have been.
 */
export type PlaceStatement = {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly location: Reference;
  /** As claimed, when the event moved the patient there. */
  readonly start?: string;
  /** Where the sender says the patient came from. */
  readonly prior?: Reference;
};

export interface PlaceOptions {
  readonly draft: Draft;
  readonly slots: Slots;
  /** `moved`: the event took the patient there. `seen`: it only says where. */
  readonly kind: 'moved' | 'seen';
  /** FHIR dateTime of the move. */
  readonly occurredAt: string | undefined;
}

/** PV1-3, PV1-6, PV1-11, PV1-42 */
export function placeSlots(pv1: Segment, { draft, slots, kind, occurredAt }: PlaceOptions): void {
  const location = place(pv1, 3, draft);
  const isMove = kind === 'moved';
  if (location !== undefined) {
    const at = draft.statedAt;
    const statement = compact({
      at,
      location,
      start: isMove ? occurredAt : undefined,
      prior: isMove ? place(pv1, 6, draft) : undefined,
    });
    slots.set(isMove ? `location:${at}` : 'location:seen', statement && [statement]);
  }
  // PV1-11 temporary, PV1-42 reserved: until the next move.
  if (isMove) slots.remove('location:temporary', 'location:reserved');
  slots.set('location:temporary', sideways(place(pv1, 11, draft), 'active'));
  slots.set('location:reserved', sideways(place(pv1, 42, draft), 'reserved'));
}

function sideways(location: Reference | undefined, status: string): Json | undefined {
  return location && [{ location, status }];
}
