import type { Segment } from '@anamnesis/hl7v2';
import type { Annotation, Reference } from '../../fhir-types.js';
import { compact } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { entityIdentifier, entityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { codeMap } from '../tables/code-map.js';
import type { Belonging } from './dg1.js';
import { providersOf } from './prd.js';

export interface ReferralEffect {
  /** New, unless RF1-1 says more. */
  readonly isPlaced?: true;
  readonly isCancelled?: true;
}

export interface Referral extends Belonging {
  /** PRD */
  readonly providers: readonly Segment[];
  readonly reasons: readonly Reference[];
  readonly insurance: readonly Reference[];
  readonly documents: readonly Reference[];
  readonly note: Annotation | undefined;
}

/** RF1-1, table 0283: accepted, pending, rejected, expired. */
const statuses = codeMap({ A: 'active', P: 'active', R: 'revoked', E: 'revoked' });

/** RF1-2, table 0280. */
const priorities = codeMap({ S: 'stat', A: 'asap', R: 'routine' });

/** Id of the referral: RF1-6, else RF1-11. Undefined without a number. */
export function referralId(rf1: Segment, draft: Draft): string | undefined {
  const number = entityNumber(rf1.field(6), 'RF1-6', draft) ?? entityNumber(rf1.field(11), 'RF1-11', draft);
  return (
    number && draft.resourceId('ServiceRequest', number.system, draft.businessKey(number.authority, [number.value]))
  );
}

/** RF1 as a ServiceRequest. What is referred is said by RF1-3 and RF1-10; FHIR has no closer place in R4. */
export function stateReferral(rf1: Segment, effect: ReferralEffect, referral: Referral): void {
  const { subject, visit, draft } = referral;
  const id = referralId(rf1, draft);
  if (id === undefined) {
    draft.warn('RF1-6 and RF1-11 name no referral');
    return;
  }
  const { requester, performers } = providersOf(referral.providers, draft);
  const slots = new Slots()
    .set('identifier', identifiers(rf1, draft))
    .set('status', statusOf(rf1, effect))
    .set('intent', 'order')
    .set('category', [{ coding: [{ system: 'http://snomed.info/sct', code: '3457005', display: 'Patient referral' }] }])
    .set('priority', priorities.get(rf1.field(2).text().trim().toUpperCase()))
    .set('subject', draft.patientReference(subject))
    .set('encounter', visit?.reference)
    .set('requester', requester)
    .set('performer', performers)
    .set('reasonReference', referral.reasons)
    .set('insurance', referral.insurance)
    .set('supportingInfo', referral.documents)
    .set('note', referral.note && [referral.note]);
  details(rf1, slots, draft);
  draft.state({ resourceType: 'ServiceRequest', id, slots });
}

function identifiers(rf1: Segment, draft: Draft) {
  return [
    entityIdentifier(entityNumber(rf1.field(6), 'RF1-6', draft), draft, 'PLAC'),
    entityIdentifier(entityNumber(rf1.field(11), 'RF1-11', draft), draft),
  ].filter((one) => one !== undefined);
}

function statusOf(rf1: Segment, { isPlaced, isCancelled }: ReferralEffect): string | undefined {
  if (isCancelled) return 'revoked';
  return statuses.get(rf1.field(1).text().trim().toUpperCase()) ?? (isPlaced ? 'active' : undefined);
}

// RF1-3, RF1-4, RF1-7 to RF1-8, RF1-9, RF1-10
function details(rf1: Segment, slots: Slots, draft: Draft): void {
  const { times } = draft;
  const period = times.period(rf1.field(7).text(), rf1.field(8).text());
  slots.set('occurrence[x]', compact({ occurrencePeriod: period }));
  new SlotReader(draft, rf1, slots)
    .first(3, 'code', (cwe) => conceptOf(cwe, { draft, location: 'RF1-3', table: '0281' }))
    .list(4, 'orderDetail', (cwe) => conceptOf(cwe, { draft, location: 'RF1-4', table: '0282' }))
    .field(9, 'authoredOn', (field) => times.dateTime(field.text()))
    .list(10, 'reasonCode', (cwe) => conceptOf(cwe, { draft, location: 'RF1-10', table: '0336' }));
}
