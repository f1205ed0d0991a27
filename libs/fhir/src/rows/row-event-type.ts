import type { Json, RowChange } from '@anamnesis/core';

type Ends = Readonly<Record<string, string>>;

/** Nouns and past tenses of vocabulary.md: made, changed, gone; and what a status makes of a change. */
interface EventNames {
  readonly made: string;
  readonly changed: string;
  readonly gone: string;
  readonly byStatus?: Ends;
}

const order = {
  ...{ made: 'order.placed', changed: 'order.updated', gone: 'order.cancelled' },
  byStatus: { revoked: 'order.cancelled', cancelled: 'order.cancelled' },
};
const result = {
  ...{ made: 'result.reported', changed: 'result.corrected', gone: 'result.withdrawn' },
  // A preliminary result that becomes final is no correction.
  byStatus: { final: 'result.reported', 'entered-in-error': 'result.withdrawn' },
};
const said = (noun: string, gone = `${noun}.withdrawn`): EventNames => ({
  ...{ made: `${noun}.recorded`, changed: `${noun}.recorded`, gone },
});
const updated = (noun: string): EventNames => ({
  ...{ made: `${noun}.updated`, changed: `${noun}.updated`, gone: `${noun}.updated` },
});

const names: Readonly<Record<string, EventNames>> = {
  Patient: { made: 'patient.registered', changed: 'patient.updated', gone: 'patient.withdrawn' },
  Encounter: {
    ...{ made: 'encounter.opened', changed: 'encounter.updated', gone: 'encounter.cancelled' },
    byStatus: { finished: 'encounter.closed', cancelled: 'encounter.cancelled' },
  },
  Observation: result,
  DiagnosticReport: result,
  ServiceRequest: order,
  MedicationRequest: order,
  MedicationDispense: { made: 'medication.dispensed', changed: 'medication.dispensed', gone: 'medication.withdrawn' },
  MedicationAdministration: {
    ...{ made: 'medication.administered', changed: 'medication.administered', gone: 'medication.withdrawn' },
  },
  Condition: said('problem'),
  AllergyIntolerance: said('allergy'),
  Procedure: said('procedure'),
  Immunization: { made: 'immunization.given', changed: 'immunization.given', gone: 'immunization.withdrawn' },
  DocumentReference: { made: 'document.added', changed: 'document.updated', gone: 'document.cancelled' },
  RelatedPerson: said('contact'),
  Coverage: said('coverage'),
  Specimen: said('specimen'),
  Practitioner: updated('practitioner'),
  Organization: updated('organization'),
  Location: updated('location'),
};

/** The name of an event by the first resource that its row states, and by its status where that changes. */
export function rowEventType(resourceType: string, op: RowChange['op'], status: Json | undefined): string {
  const known = names[resourceType] ?? updated(resourceType.toLowerCase());
  if (op === 'd') return known.gone;
  const byStatus = typeof status === 'string' && known.byStatus ? known.byStatus[status] : undefined;
  return byStatus ?? (op === 'u' ? known.changed : known.made);
}
