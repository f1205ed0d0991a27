import type { PatientIdentifier } from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { notedSegments, type MessagePart } from '../message-part.js';
import { stateAccount } from '../segments/account.js';
import { stateAllergy } from '../segments/al1.js';
import { stateCondition } from '../segments/dg1.js';
import { visitOf, type Visit } from '../segments/encounter-key.js';
import { stateActedAllergy } from '../segments/iam.js';
import { stateCoverage } from '../segments/in1.js';
import { contactSlots, stateRelatedPersons } from '../segments/nk1.js';
import { observationUnits } from '../results/observation-unit.js';
import { stateObservation } from '../results/obx.js';
import { stateMother } from '../segments/mother.js';
import { stateWholeLists } from '../segments/patient-lists.js';
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
      return effect && [mapAdt({ message, part: message, context }, { effect, mapping: { name, version } })];
    },
  };
}

export interface AdtOptions {
  readonly effect: AdtEffect;
  readonly mapping: Pick<StructureMapping, 'name' | 'version'>;
}

export interface AdtPart {
  readonly message: Message;
  /** What of the message is about this patient. */
  readonly part: MessagePart;
  readonly context: MappingContext;
}

/** One event of an ADT: what it says of one patient. */
export function mapAdt({ message, part, context }: AdtPart, { effect, mapping }: AdtOptions): MappedEvent {
  const draft = new Draft(message, context);
  const { statedAt, occurredAt } = eventTimes(message, draft.times, effect.cancels !== undefined);
  draft.statedAt = statedAt ?? context.receivedAt;
  const patient = namedPatient(part.first('PID'), draft);
  if (patient === undefined) return eventOf(draft, { type: effect.type, occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  statePatient(patient, { draft, part, effect });
  const visit = effect.isPersonLevel ? undefined : visitOf(part.first('PV1'), pid, draft);
  stateClinical({ draft, part, patient, subject, visit, effect, occurredAt });
  const identity = identityOf(pid, numbers, draft);
  return eventOf(draft, { type: effect.type, subject, identity, occurredAt, mapping });
}

interface PatientSaid {
  readonly draft: Draft;
  readonly part: MessagePart;
  readonly effect: AdtEffect;
}

/** PID, PD1 and the NK1 that are no persons. */
function statePatient({ pid, numbers, subject }: NamedPatient, { draft, part, effect }: PatientSaid): void {
  const slots = patientSlots(pid, numbers, draft);
  const pd1 = part.first('PD1');
  if (pd1) primaryCareSlots(pd1, slots, draft);
  contactSlots(part.all('NK1'), slots, draft);
  if (effect.isReinstating) slots.remove('active');
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
}

interface Stay {
  readonly draft: Draft;
  readonly part: MessagePart;
  readonly patient: NamedPatient;
  readonly subject: PatientIdentifier;
  readonly visit: Visit | undefined;
  readonly effect: AdtEffect;
  readonly occurredAt: string | undefined;
}

function stateClinical({ draft, part, patient, subject, visit, effect, occurredAt }: Stay): void {
  const belonging = { subject, visit, draft };
  const account = stateAccount(patient, draft);
  const diagnoses = part.all('DG1').map((dg1) => stateCondition(dg1, belonging));
  const diagnosis = diagnoses.filter((one) => one !== undefined);
  stateEncounter(part, { ...belonging, effect, occurredAt, diagnosis, account });
  stateRelatedPersons(part.all('NK1'), subject, draft);
  stateMother(patient.pid, subject, draft);
  for (const al1 of part.all('AL1')) stateAllergy(al1, subject, draft);
  for (const iam of notedSegments(part, 'IAM')) stateActedAllergy(iam, subject, draft);
  for (const pr1 of part.all('PR1')) stateProcedure(pr1, belonging);
  for (const in1 of part.all('IN1')) stateCoverage(in1, subject, draft);
  stateWholeLists(part, subject, draft);
  const keyOf = ({ parts, first }: ReturnType<typeof observationUnits>[number]) => ({
    system: subject.system,
    key: JSON.stringify([draft.patientId(subject), ...parts, first.obx.field(14).text() || draft.statedAt]),
  });
  for (const unit of observationUnits(obxLines(part))) stateObservation(unit, { ...belonging, keyOf });
}
