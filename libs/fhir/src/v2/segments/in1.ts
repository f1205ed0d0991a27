import type { Json, ListedIn, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';
import { subscriberOf } from './insured.js';
import { listedIn } from './patient-lists.js';

/** A coverage of the patient: what a later list of the source leaves out is ended. Returns a reference to it. */
export function stateCoverage(in1: Segment, subject: PatientIdentifier, draft: Draft): Reference | undefined {
  return stateOne(in1, { subject, draft, listed: listedIn('IN1', subject, draft) });
}

/** A coverage of an account: who pays a bill is a list of its own, and no list of the patient's ends it. */
export function stateBilledCoverage(in1: Segment, subject: PatientIdentifier, draft: Draft): Reference | undefined {
  return stateOne(in1, { subject, draft });
}

interface CoveragePlace {
  readonly subject: PatientIdentifier;
  readonly draft: Draft;
  readonly listed?: ListedIn;
}

/** IN1 as a Coverage, one per payer, plan and policy number. Without a payer there is none (FHIR asks for it). */
function stateOne(in1: Segment, { subject, draft, ...place }: CoveragePlace): Reference | undefined {
  const payor = payorReference(in1, draft);
  if (payor === undefined) {
    draft.warn('IN1-3 and IN1-4 name no payer');
    return undefined;
  }
  const subscriber = firstValued(in1.field(49).text(), in1.field(36).text());
  const policy = valued(in1.field(36).text());
  const [type, relationship] = [15, 17].map((n) => in1.field(n).repetitions[0]);
  const slots = new Slots()
    .set('identifier', policy === undefined ? undefined : [{ system: draft.fieldSystem('IN1-36'), value: policy }])
    .set('status', 'active')
    .set('type', type && conceptOf(type, { draft, location: 'IN1-15', table: '0086' }))
    .set('subscriber', subscriberOf(in1, subject, draft))
    .set('subscriberId', subscriber)
    .set('beneficiary', draft.patientReference(subject))
    .set('relationship', relationship && conceptOf(relationship, { draft, location: 'IN1-17', table: '0063' }))
    .set('period', draft.times.period(in1.field(12).text(), in1.field(13).text()))
    .set('payor', [payor])
    .set('class', classes(in1));
  const parts = [2, 3, 4, 36].map((n) => in1.field(n).text());
  const key = JSON.stringify([draft.patientId(subject), ...parts]);
  const id = draft.resourceId('Coverage', subject.system, key);
  draft.state({ resourceType: 'Coverage', id, slots, ...place });
  return { reference: `Coverage/${id}` };
}

// IN1-3, IN1-4
function payorReference(in1: Segment, draft: Draft): Reference | undefined {
  const number = valued(in1.field(3).text());
  return compact({
    identifier: number === undefined ? undefined : { system: draft.fieldSystem('IN1-3'), value: number },
    display: valued(in1.field(4).text()),
  });
}

// IN1-8 and IN1-9 group, IN1-2 plan
function classes(in1: Segment): readonly Json[] {
  return [
    classOf('group', in1.field(8).text(), in1.field(9).text()),
    classOf('plan', in1.field(2).text(1), in1.field(2).text(2)),
  ].filter((one) => one !== undefined);
}

function classOf(code: string, number: string, name: string): Json | undefined {
  const value = firstValued(number, name);
  if (value === undefined) return undefined;
  const type = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/coverage-class', code }] };
  return compact({ type, value, name: valued(name) });
}
