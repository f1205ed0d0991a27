import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Field, Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept, Identifier, Reference } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import { conceptKey } from '../concept-key.js';
import { conceptOf } from '../datatypes/cwe.js';
import { identifierOf } from '../datatypes/cx.js';
import { numeric } from '../datatypes/nm.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import type { Visit } from './encounter-key.js';

export interface ChargeOptions {
  readonly draft: Draft;
  readonly subject: PatientIdentifier;
  readonly account: Reference | undefined;
  readonly visit: Visit | undefined;
}

/** FT1 as a ChargeItem. Only a charge (FT1-6 CG) is one: payments, credits and adjustments stay in the message. */
export function stateCharge(ft1: Segment, { draft, subject, account, visit }: ChargeOptions): void {
  if (ft1.field(6).text().trim().toUpperCase() !== 'CG') {
    draft.warn('FT1-6 is no charge: kept in the message only');
    return;
  }
  const code = chargeCode(ft1, draft);
  if (code === undefined) {
    draft.warn('FT1-7 names no charge');
    return;
  }
  const number = transactionNumber(ft1, draft);
  const slots = new Slots()
    .set('identifier', number && [number])
    .set('status', 'billable')
    .set('code', code)
    .set('subject', draft.patientReference(subject))
    // The visit is named, not stated: a bill does not open one.
    .set('context', visit && compact({ type: 'Encounter', identifier: visit.reference.identifier }))
    .set('account', account && [account]);
  amounts(ft1, slots, draft);
  people(ft1, slots, draft);
  const patientId = draft.patientId(subject);
  // One transaction may charge several things.
  const parts = number
    ? [number.system, number.value]
    : [patientId, account?.reference, ft1.field(4).text(), ft1.field(1).text()];
  const key = JSON.stringify([...parts, conceptKey(code)]);
  const id = draft.resourceId('ChargeItem', subject.system, key);
  draft.state({ resourceType: 'ChargeItem', id, slots });
}

/** FT1-2: a text, since 2.7 a CX. */
function transactionNumber(ft1: Segment, draft: Draft): Identifier | undefined {
  const [cx] = ft1.field(2).repetitions;
  return cx && identifierOf(cx, { draft, systemDefault: draft.fieldSystem('FT1-2') });
}

// FT1-7 with FT1-8, else the procedure that is charged (FT1-25).
function chargeCode(ft1: Segment, draft: Draft): CodeableConcept | undefined {
  const [said, procedure] = [7, 25].map((n) => {
    const [cwe] = ft1.field(n).repetitions;
    return cwe && conceptOf(cwe, { draft, location: `FT1-${n}` });
  });
  const code = said ?? procedure;
  return compact({ coding: code?.coding, text: code?.text ?? valued(ft1.field(8).text()) });
}

// FT1-4, FT1-5, FT1-10, FT1-11, FT1-19
function amounts(ft1: Segment, slots: Slots, draft: Draft): void {
  new SlotReader(draft, ft1, slots)
    .field(4, 'occurrence[x]', (field) => occurrence(field, draft))
    .field(5, 'enteredDate', (field) => draft.times.dateTime(field.text()))
    .field(10, 'quantity', (field) => compact({ value: numeric(field.text()) }))
    .field(11, 'priceOverride', price)
    .list(19, 'reason', (cwe) => conceptOf(cwe, { draft, location: 'FT1-19' }));
}

// FT1-20 performed by, FT1-24 entered by
function people(ft1: Segment, slots: Slots, draft: Draft): void {
  new SlotReader(draft, ft1, slots)
    .list(20, 'performer', (xcn) => {
      const actor = practitionerReference(xcn, draft);
      return actor && { actor };
    })
    .first(24, 'enterer', (xcn) => practitionerReference(xcn, draft));
}

/** DR: a day, or from one to another; a point in time before 2.6. */
function occurrence(field: Field, { times }: Draft): Json | undefined {
  const [start, end] = [times.dateTime(field.text(1)), times.dateTime(field.text(2))];
  if (start !== undefined && end !== undefined && start !== end) return { occurrencePeriod: { start, end } };
  return compact({ occurrenceDateTime: start });
}

/** CP: the amount and, as sent, its currency. */
function price(field: Field): Json | undefined {
  const value = numeric(firstValued(field.text(1, 1)) ?? '');
  const currency = valued(field.text(1, 2))?.toUpperCase();
  return (
    value && compact({ value, currency: currency !== undefined && /^[A-Z]{3}$/.test(currency) ? currency : undefined })
  );
}
