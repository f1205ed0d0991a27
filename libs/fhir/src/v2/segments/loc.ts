import { valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { addressOf } from '../datatypes/xad.js';
import { organizationReference } from '../datatypes/xon.js';
import { contactPoint } from '../datatypes/xtn.js';
import type { Draft } from '../draft.js';
import type { MasterEntry } from '../messages/master-files.js';
import { SlotReader } from '../slot-reader.js';
import { locationSlots } from './location.js';

/** LOC: the Location that every PL with the same parts means. */
export function statePlace({ segments, isActive }: MasterEntry, draft: Draft): void {
  const loc = segments.find(({ name }) => name === 'LOC');
  const place = loc && locationSlots(loc.field(1).repetitions[0], draft);
  if (loc === undefined || place === undefined) {
    draft.warn('LOC-1 names no place');
    return;
  }
  const { times } = draft;
  const slots = place.slots.set('status', isActive ? 'active' : 'inactive');
  new SlotReader(draft, loc, slots)
    .field(2, 'description', (field) => valued(field.text()))
    .list(3, 'type', (cwe) => conceptOf(cwe, { draft, location: 'LOC-3', table: '0260' }))
    .first(4, 'managingOrganization', (xon) => organizationReference(xon, draft))
    .first(5, 'address', (xad) => addressOf(xad, times))
    .list(6, 'telecom', (xtn) => contactPoint(xtn, times));
  draft.state({ resourceType: 'Location', id: place.id, slots });
}
