import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import type { MessagePart } from '../message-part.js';
import { stateAllergy } from '../segments/al1.js';
import { stateCondition } from '../segments/dg1.js';
import { stateCoverage } from '../segments/in1.js';
import { noteOf } from '../segments/nte.js';
import { stateReferral, type ReferralEffect } from '../segments/rf1.js';
import { stateReferralDocument } from '../segments/referral-document.js';
import type { StructureMapping } from '../structure-mapping.js';
import { mapAboutPatient, type AboutPatient } from './about-patient.js';

const mapping = { name: 'REF_I12', version: 4 };

const effects: ReadonlyMap<string, ReferralEffect & { readonly type: string }> = new Map([
  ['I12', { type: 'order.placed', isPlaced: true }],
  ['I13', { type: 'order.updated' }],
  ['I14', { type: 'order.cancelled', isCancelled: true }],
  ['I15', { type: 'order.updated' }],
]);

/** REF_I12: a referral is made (I12), modified (I13), cancelled (I14); its status is asked for (I15). */
export const refI12: StructureMapping = {
  ...mapping,
  map: (message, context) => {
    const effect = effects.get(message.header.triggerEvent);
    const rf1 = message.first('RF1');
    if (effect === undefined || rf1 === undefined) return undefined;
    const state = (about: AboutPatient): void => {
      stateAll(rf1, effect, about);
    };
    return [mapAboutPatient(message, context, { type: effect.type, isOfVisit: true, mapping, state })];
  },
};

/** Results and procedures that a referral repeats are those of other messages: they stay in this one. */
function stateAll(rf1: Segment, effect: ReferralEffect, { part, draft, subject, visit }: AboutPatient): void {
  const belonging = { subject, visit, draft };
  const unsaid = ['PR1', 'OBR'].filter((name) => part.first(name) !== undefined);
  if (unsaid.length > 0) draft.warn(`not stated from a referral: ${unsaid.join(' ')}`);
  const diagnoses = part.all('DG1').map((dg1) => conditionOf(stateCondition(dg1, belonging)));
  const insurance = part.all('IN1').map((in1) => stateCoverage(in1, subject, draft));
  for (const al1 of part.all('AL1')) stateAllergy(al1, subject, draft);
  const documents = part.all('OBX').map((obx) => stateReferralDocument(obx, rf1, belonging));
  stateReferral(rf1, effect, {
    ...belonging,
    providers: part.all('PRD'),
    reasons: said(diagnoses),
    insurance: said(insurance),
    documents: said(documents),
    note: noteOf(ownNotes(part)),
  });
}

/** NTE that follow no result. */
function ownNotes({ segments }: MessagePart): readonly Segment[] {
  let isOfResult = false;
  return segments.filter(({ name }) => {
    if (name !== 'NTE') isOfResult = name === 'OBR' || name === 'OBX';
    return name === 'NTE' && !isOfResult;
  });
}

function conditionOf(diagnosis: Json | undefined): Reference | undefined {
  return (diagnosis as { readonly condition?: Reference } | undefined)?.condition;
}

function said<Value>(values: readonly (Value | undefined)[]): readonly Value[] {
  return values.filter((value) => value !== undefined);
}
