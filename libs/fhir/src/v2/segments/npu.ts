import type { Segment } from '@anamnesis/hl7v2';
import type { Coding } from '../../fhir-types.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { locationSlots } from './location.js';

/** NPU: the state of a bed, as `Location.operationalStatus`. */
export function stateBed(npu: Segment, draft: Draft): void {
  const place = locationSlots(npu.field(1).repetitions[0], draft);
  if (place === undefined) {
    draft.warn('NPU-1 names no bed');
    return;
  }
  const { id, slots } = place;
  new SlotReader(draft, npu, slots).first(2, 'operationalStatus', (cwe): Coding | undefined => {
    return conceptOf(cwe, { draft, location: 'NPU-2', table: '0116' })?.coding?.[0];
  });
  draft.state({ resourceType: 'Location', id, slots });
}
