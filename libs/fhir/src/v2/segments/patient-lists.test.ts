import { describe, expect, it } from '@jest/globals';
import type { Message } from '@anamnesis/hl7v2';
import { adt, assembled, contextOf, message } from '../../test-context.js';
import type { FhirResource } from '../../fhir-types.js';
import { mapMessage } from '../map-message.js';
import type { MappingContext } from '../mapping-context.js';

const [spouse, father] = ['NK1|1|EVERYMAN^ADAM|SPO', 'NK1|2|EVERYMAN^ABEL|FTH'];
const insured = (name: string) => `IN1|1|PL-1|IC-1|PAYER${'|'.repeat(12)}${name}|SPO`;
const covered = (plan: string) => `IN1|1|${plan}|IC-1|PAYER`;
const pid = 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE||19620320|F';

function told(messages: readonly Message[], overrides: Partial<MappingContext> = {}): readonly FhirResource[] {
  const events = messages.map((one) =>
    mapMessage(one, contextOf(one, overrides)).flatMap(({ resources }) => resources.statements),
  );
  return assembled(...events);
}

/** Given names of the related persons, and plans of the coverages, that stand. */
function standing(resources: readonly FhirResource[]): readonly string[] {
  const text = (one: FhirResource) => JSON.stringify(one);
  return resources
    .filter((one) => one.resourceType === 'RelatedPerson' && one['active'] !== false)
    .concat(resources.filter((one) => one.resourceType === 'Coverage' && one['status'] === 'active'))
    .flatMap((one) => /(?<="given":\[")\w+|(?<="value":")PL-\d/.exec(text(one)) ?? []);
}

describe('the NK1 and IN1 of a patient', () => {
  const first = adt('A01', '20260301100000', spouse, father, covered('PL-1'), covered('PL-2'));

  it('are lists in an ADT: what the next one leaves out is ended', () => {
    const next = told([first, adt('A08', '20260302100000', father, covered('PL-2'))]);
    expect(standing(next)).toEqual(['ABEL', 'PL-2']);
    expect(next).toContainEqual(expect.objectContaining({ resourceType: 'RelatedPerson', active: false }));
    expect(next).toContainEqual(expect.objectContaining({ resourceType: 'Coverage', status: 'cancelled' }));
  });

  it('are as they were after an ADT that has none', () => {
    expect(standing(told([first, adt('A08', '20260302100000')]))).toEqual(['ADAM', 'ABEL', 'PL-1', 'PL-2']);
  });

  it('are ended each by its own segment', () => {
    const next = adt('A08', '20260302100000', father);
    expect(standing(told([first, next]))).toEqual(['ABEL', 'PL-1', 'PL-2']);
  });

  it('are there again when they are listed again', () => {
    const [without, again] = [adt('A08', '20260302100000', father), adt('A08', '20260303100000', spouse, father)];
    expect(standing(told([first, without, again]))).toEqual(['ADAM', 'ABEL', 'PL-1', 'PL-2']);
  });

  it.each(['NK1|1|HOSPITAL SERVICES|EMR', 'NK1|1|""'])('end with a list that names no relative: %s', (segment) => {
    expect(standing(told([first, adt('A08', '20260302100000', segment)]))).toEqual(['PL-1', 'PL-2']);
  });

  it('are ended by no list that was sent before them', () => {
    expect(standing(told([first, adt('A08', '20260228100000', father)]))).toEqual(['ADAM', 'ABEL', 'PL-1', 'PL-2']);
  });

  it('are kept where the source says that it does not send all', () => {
    const next = adt('A08', '20260302100000', father, covered('PL-2'));
    expect(standing(told([first, next], { snapshots: { NK1: 'keep' } }))).toEqual(['ADAM', 'ABEL', 'PL-2']);
    expect(standing(told([first, next], { snapshots: { IN1: 'keep' } }))).toEqual(['ABEL', 'PL-1', 'PL-2']);
  });

  it('are no list in an order, which ends nothing and says again what it names', () => {
    const order = message(
      'MSH|^~\\&|PAS|MPK|||20260302100000||ORM^O01|O-1|P|2.5.1',
      ...[pid, father, covered('PL-2'), 'ORC|NW|P-1', 'OBR|1|P-1||GLU^a test of ours^L'],
    );
    expect(standing(told([first, order]))).toEqual(['ADAM', 'ABEL', 'PL-1', 'PL-2']);
    const later = adt('A08', '20260303100000', spouse, covered('PL-1'));
    expect(standing(told([first, order, later]))).toEqual(['ADAM', 'PL-1']);
  });

  it('do not end who was listed as the holder of a policy too', () => {
    const both = adt('A08', '20260302100000', spouse, insured('EVERYMAN^ADAM'));
    expect(standing(told([both, adt('A08', '20260303100000', father)]))).toEqual(['ADAM', 'ABEL', 'PL-1']);
  });

  it('do not end who is known by another segment: the holder of a policy, the mother, a coverage of a bill', () => {
    const other = adt('A08', '20260302100000', insured('EVERYMAN^SETH'));
    const bill = message(
      'MSH|^~\\&|PAS|MPK|||20260302110000||BAR^P01|B-1|P|2.5.1',
      ...['EVN|P01|20260302110000', `${pid}${'|'.repeat(10)}ACC-1`, covered('PL-3')],
    );
    const mother = adt('A08', '20260302120000', `PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE${'|'.repeat(16)}MR-900`);
    const later = adt('A08', '20260303100000', father, covered('PL-2'));
    const resources = told([other, bill, mother, later]);
    expect(standing(resources)).toEqual(['SETH', 'ABEL', 'PL-3', 'PL-2']);
    expect(resources.filter((one) => one['active'] === false)).toEqual([]);
  });
});
