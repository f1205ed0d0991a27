import type { PatientIdentifier } from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { stateAllergy } from '../segments/al1.js';
import { stateCondition } from '../segments/dg1.js';
import { visitOf, type Visit } from '../segments/encounter-key.js';
import { stateCoverage } from '../segments/in1.js';
import { contactSlots, stateRelatedPersons } from '../segments/nk1.js';
import { observationUnits } from '../results/observation-unit.js';
import { stateObservation } from '../results/obx.js';
import { primaryCareSlots } from '../segments/pd1.js';
import { patientSlots } from '../segments/pid.js';
import { stateProcedure } from '../segments/pr1.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient, type NamedPatient } from '../subject.js';
import type { AdtEffect } from './adt-effect.js';
import { stateEncounter } from './adt-encounter.js';
import { obxLines } from '../results/result-groups.js';

/** A structure of the ADT family: what its triggers do. */
export function adtMapping(
  name: string,
  version: number,
  triggers: Readonly<Record<string, AdtEffect>>,
): StructureMapping {
  const effects = new Map(Object.entries(triggers));
  return {
    name,
    version,
    map: (message, context) => {
      const effect = effects.get(message.header.triggerEvent);
      return effect && [mapAdt(message, context, { effect, mapping: { name, version } })];
    },
  };
}

interface AdtOptions {
  readonly effect: AdtEffect;
  readonly mapping: Pick<StructureMapping, 'name' | 'version'>;
}

function mapAdt(message: Message, context: MappingContext, { effect, mapping }: AdtOptions): MappedEvent {
  const draft = new Draft(message, context);
  const { statedAt, occurredAt } = eventTimes(message, draft.times, effect.cancels !== undefined);
  draft.statedAt = statedAt ?? context.receivedAt;
  const patient = namedPatient(message.first('PID'), draft);
  if (patient === undefined) return eventOf(draft, { type: effect.type, occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  statePatient(patient, draft);
  const visit = effect.isPersonLevel ? undefined : visitOf(message.first('PV1'), pid, draft);
  stateClinical({ draft, subject, visit, effect, occurredAt });
  const identity = identityOf(pid, numbers, draft);
  return eventOf(draft, { type: effect.type, subject, identity, occurredAt, mapping });
}

/** PID, PD1 and the NK1 that are no persons. */
function statePatient({ pid, numbers, subject }: NamedPatient, draft: Draft): void {
  const slots = patientSlots(pid, numbers, draft);
  const pd1 = draft.message.first('PD1');
  if (pd1) primaryCareSlots(pd1, slots, draft);
  contactSlots(draft.message.all('NK1'), slots, draft);
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
}

interface Stay {
  readonly draft: Draft;
  readonly subject: PatientIdentifier;
  readonly visit: Visit | undefined;
  readonly effect: AdtEffect;
  readonly occurredAt: string | undefined;
}

function stateClinical({ draft, subject, visit, effect, occurredAt }: Stay): void {
  const { message } = draft;
  const belonging = { subject, visit, draft };
  const diagnoses = message.all('DG1').map((dg1) => stateCondition(dg1, belonging));
  const diagnosis = diagnoses.filter((one) => one !== undefined);
  stateEncounter({ ...belonging, effect, occurredAt, diagnosis });
  stateRelatedPersons(message.all('NK1'), subject, draft);
  for (const al1 of message.all('AL1')) stateAllergy(al1, subject, draft);
  for (const pr1 of message.all('PR1')) stateProcedure(pr1, belonging);
  for (const in1 of message.all('IN1')) stateCoverage(in1, subject, draft);
  const keyOf = ({ parts, first }: ReturnType<typeof observationUnits>[number]) => ({
    system: subject.system,
    key: JSON.stringify([draft.patientId(subject), ...parts, first.obx.field(14).text() || draft.statedAt]),
  });
  for (const unit of observationUnits(obxLines(message))) stateObservation(unit, { ...belonging, keyOf });
}
