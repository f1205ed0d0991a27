import type { NumberMerge } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Identifier } from '../../fhir-types.js';
import { stateAccount } from '../segments/account.js';
import { visitNumbered, type Visit } from '../segments/encounter-key.js';
import { visitNumbers } from '../segments/pv1.js';
import { Slots } from '../slots.js';
import type { NumberChange, NumberFate } from './merge-effect.js';
import { ended } from './merge-patient.js';

const resourceType = 'Encounter';

interface Numbered {
  readonly visit: Visit;
  readonly identifiers: readonly Identifier[];
}

/**
 * MRG-5 and PV1-19. Of two visits that become one, or of a wrong number, the right one carries the old number too, and the
 * claim lets everything said under that one be read as said of the right one. A moved visit is of the patient and account
 * of PID. Returns the claims; undefined, with a warning, when the visits are not named.
 */
export function stateVisitFate(change: NumberChange, fate: NumberFate): readonly NumberMerge[] | undefined {
  const { group, draft, occurredAt } = change;
  const old = numbered(group.mrg, 5, change);
  const right = numbered(group.pv1, 19, change);
  if (fate === 'moved') {
    const moved = old ?? right;
    if (moved === undefined) draft.warn('MRG-5 and PV1-19 name no visit: nothing to move');
    else stateMoved(moved, change);
    return moved && [];
  }
  if (old === undefined || right === undefined || old.visit.id === right.visit.id) {
    draft.warn('MRG-5 and PV1-19 name no two visits: nothing to change');
    return undefined;
  }
  const end = fate === 'renamed' ? occurredAt : undefined;
  const former = old.identifiers.map((one) => ({ ...one, use: 'old', ...ended(end) }));
  const slots = slotsOf(right, change).set(`identifier:was-${old.visit.id}`, former);
  draft.state({ resourceType, id: right.visit.id, slots });
  draft.state({ resourceType, id: old.visit.id, slots: slotsOf(old, change) });
  return [{ kind: 'visit', survivor: right.visit.number, retired: old.visit.number }];
}

/** MRG-6 was wrong, PV1-50 is right: identifiers of the same visit (PV1-19). */
export function stateAlternateVisit(change: NumberChange): boolean {
  const { group, draft, occurredAt } = change;
  const visit = numbered(group.pv1, 19, change);
  const old = group.mrg ? visitNumbers(group.mrg, 6, { draft, location: 'PV1-50' }) : [];
  if (visit === undefined || group.pv1 === undefined || old.length === 0) {
    draft.warn('PV1-19 names no visit or MRG-6 no number: nothing to change');
    return false;
  }
  const slots = slotsOf(visit, change)
    .set('identifier:PV1-50', visitNumbers(group.pv1, 50, { draft, location: 'PV1-50' }))
    .set(
      'identifier:MRG-6',
      old.map((one) => ({ ...one, use: 'old', ...ended(occurredAt) })),
    );
  draft.state({ resourceType, id: visit.visit.id, slots });
  return true;
}

function stateMoved(moved: Numbered, change: NumberChange): void {
  const { patient, draft } = change;
  const account = stateAccount(patient, draft);
  const slots = slotsOf(moved, change).set('account', account && [account]);
  draft.state({ resourceType, id: moved.visit.id, slots });
}

function slotsOf({ identifiers }: Numbered, { patient, draft }: NumberChange): Slots {
  return new Slots().set('identifier:PV1-19', identifiers).set('subject', draft.patientReference(patient.subject));
}

function numbered(segment: Segment | undefined, n: number, { draft }: NumberChange): Numbered | undefined {
  const place = { draft, location: 'PV1-19' };
  const visit = segment && visitNumbered(segment, n, place);
  return visit && { visit, identifiers: visitNumbers(segment, n, place) };
}
