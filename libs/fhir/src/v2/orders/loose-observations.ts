import type { Segment } from '@anamnesis/hl7v2';
import { observationUnits } from '../results/observation-unit.js';
import { stateObservation } from '../results/obx.js';
import type { Belonging } from '../segments/dg1.js';
import { linesOf } from './order-groups.js';

/** OBX that hang on the patient alone: known by OBX-3 and OBX-14 (fhir.md §3). */
export function stateLooseObservations(segments: readonly Segment[], place: Belonging): void {
  const { subject, draft } = place;
  for (const unit of observationUnits(linesOf(segments))) {
    stateObservation(unit, {
      ...place,
      keyOf: ({ parts, first }) => ({
        system: subject.system,
        key: JSON.stringify([draft.patientId(subject), ...parts, first.obx.field(14).text() || draft.statedAt]),
      }),
    });
  }
}
