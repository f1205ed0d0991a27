import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { compact } from '../compact.js';
import { accountNumber, accountSlots } from '../segments/account.js';
import { guarantorOf } from '../segments/gt1.js';
import { stateBilledCoverage } from '../segments/in1.js';
import { SlotReader } from '../slot-reader.js';
import type { AboutPatient } from './about-patient.js';
import type { Reference } from '../../fhir-types.js';

/** Segments that would say something clinical in another message. */
const clinical = ['PV2', 'AL1', 'DG1', 'PR1', 'ORC', 'OBR', 'OBX', 'NTE'];

/**
 * What a billing message says of the account of PID-18, with its coverages and guarantors. Diagnoses, procedures, allergies
 * and observations of a bill are not stated: they are there to be paid, and no clinical list is to show them.
 */
export function stateBilledAccount(
  { part, draft, patient, subject }: AboutPatient,
  status?: 'active' | 'inactive',
): Reference | undefined {
  const unsaid = clinical.filter((name) => part.first(name) !== undefined);
  if (unsaid.length > 0) draft.warn(`not stated from a bill: ${unsaid.join(' ')}`);
  const coverage = part.all('IN1').map((in1) => coverageOf(in1, stateBilledCoverage(in1, subject, draft)));
  const account = accountNumber(patient.pid.field(18).repetitions[0], draft);
  if (account === undefined) {
    draft.warn('PID-18 names no account');
    return undefined;
  }
  const slots = accountSlots(account, subject, draft)
    .set('status', status)
    .set(
      'coverage',
      coverage.filter((one) => one !== undefined),
    )
    .set(
      'guarantor',
      part.all('GT1').flatMap((gt1) => guarantorOf(gt1, subject, draft) ?? []),
    );
  const pv1 = part.first('PV1');
  if (pv1)
    new SlotReader(draft, pv1, slots)
      .field(44, 'servicePeriod.start', (field) => draft.times.dateTime(field.text()))
      .field(45, 'servicePeriod.end', (field) => draft.times.dateTime(field.text()));
  draft.state({ resourceType: 'Account', id: account.id, slots });
  return account.reference;
}

// IN1-22: in which order the payers are asked.
function coverageOf(in1: Segment, coverage: Reference | undefined): Json | undefined {
  const order = in1.field(22).text();
  const priority = /^[1-9]\d?$/.test(order) ? Number(order) : undefined;
  return coverage && compact({ coverage, priority });
}
