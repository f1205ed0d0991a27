// Condition, AllergyIntolerance, Procedure, Immunization, Appointment.
import { field } from '../message.mjs';
import { code, codesOf, isFrom, isOf, others } from './evidence.mjs';

export const clinical = [
  {
    name: 'diagnoses of a bill',
    whose: 'open',
    side: 'missed',
    type: 'Condition',
    when: isOf('BAR', 'DFT'),
    source: [
      { message: 'BAR_P01', absent: true },
      { message: 'DFT_P03', absent: true },
    ],
  },
  {
    name: 'causes of death (PDA) as Condition, Procedure and Observation',
    whose: 'theirs',
    side: 'missed',
    type: ['Condition', 'Procedure', 'Observation'],
    when: (entry, pair) => pair.message.has('PDA') && !isFrom(entry, pair, 'DG1-3', 'PR1-3', 'OBX-3'),
    source: [
      { table: 'PDA[Condition]', absent: true },
      { table: 'PDA[Procedure]', absent: true },
      { table: 'PDA[Observation]', absent: true },
    ],
  },
  {
    name: 'an accident (ACC) as Observation',
    whose: 'theirs',
    side: 'missed',
    type: 'Observation',
    when: (entry, pair) => pair.message.has('ACC') && !isFrom(entry, pair, 'OBX-3'),
    source: [{ table: 'ACC[Observation]', absent: true }],
  },
  {
    name: 'one diagnosis of several orders is one',
    whose: 'open',
    side: 'missed',
    type: 'Condition',
    when: (entry, pair) => {
      const same = pair.expected.filter(
        (one) => one.type === 'Condition' && one.path === 'code' && codesOf(entry.resource).includes(one.value),
      );
      return (
        same.length > 1 &&
        pair.ours.some((one) => one.type === 'Condition' && codesOf(entry.resource).includes(one.value))
      );
    },
    source: [{ table: 'DG1[Condition]', rows: ['DG1-3', 'DG1-20'] }],
  },
  {
    name: 'diagnoses of an order of no service or drug (ODS, RQD)',
    whose: 'open',
    side: 'missed',
    type: 'Condition',
    when: (_, { message }) => message.has('ODS') || message.has('RQD'),
    source: [
      { table: 'ODS[ServiceRequest]', absent: true },
      { table: 'RQD[ServiceRequest]', absent: true },
    ],
  },
  {
    name: 'when a diagnosis was written down',
    whose: 'theirs',
    side: 'only ours',
    type: 'Condition',
    path: 'recordedDate',
    when: (_, { message }) => message.values('DG1-19').length > 0,
    source: [{ table: 'DG1[Condition]', rows: ['DG1-19'] }],
  },
  {
    name: 'when an allergy began',
    whose: 'theirs',
    side: 'only ours',
    type: 'AllergyIntolerance',
    path: 'onsetDateTime',
    from: ['AL1-6'],
    source: [{ table: 'AL1[AllergyIntolerance]', rows: ['AL1-6'] }],
  },
  {
    name: 'reactions of IAR',
    whose: 'theirs',
    side: 'missed',
    type: 'AllergyIntolerance',
    from: ['IAR-1'],
    source: [{ table: 'IAR[AllergyIntolerance]', absent: true }],
  },
  {
    name: 'allergies of a bill',
    whose: 'open',
    side: 'missed',
    type: 'AllergyIntolerance',
    when: isOf('BAR', 'DFT'),
    source: [{ message: 'BAR_P01', absent: true }],
  },
  {
    name: 'a charge (FT1) as Procedure, MedicationDispense and Condition',
    whose: 'theirs',
    side: 'missed',
    type: ['Procedure', 'MedicationDispense', 'Condition'],
    when: (entry, pair) =>
      isFrom(entry, pair, 'FT1-19', 'FT1-25', 'FT1-7', 'FT1-29') && !isFrom(entry, pair, 'PR1-3', 'RXD-2'),
    source: [
      { table: 'FT1[Procedure]', absent: true },
      { table: 'FT1[MedicationDispense]', absent: true },
    ],
  },
  {
    name: 'procedures of bills and referrals',
    whose: 'open',
    side: 'missed',
    type: 'Procedure',
    when: isOf('BAR', 'DFT', 'REF'),
    source: [
      { message: 'DFT_P03', absent: true },
      { message: 'REF_I12', absent: true },
    ],
  },
  {
    name: 'status of a procedure: by the context',
    whose: 'open',
    type: 'Procedure',
    path: 'status',
    when: ({ value }, { message }) =>
      message.code === 'ADT' && ['unknown', 'completed'].includes(value) && message.has('PR1'),
    source: [{ table: 'PR1[Procedure]', rows: ['PR1'] }],
  },
  {
    name: 'amount 999 of a vaccine: not known',
    whose: 'choice',
    side: 'missed',
    type: 'Immunization',
    path: 'doseQuantity.value',
    when: ({ value }) => value === '999',
    from: ['RXA-6'],
    source: [{ choice: 'RXA-6 999 says that the amount is not known (v2.9, 4A.4.7.6)' }],
  },
  {
    name: 'reason and type of an appointment without a coding system',
    whose: 'open',
    type: 'Appointment',
    path: ['reasonCode', 'appointmentType'],
    when: (_, { message }) =>
      message.segments.some((one) => one.name === 'SCH' && [7, 8].every((n) => !/\^HL7027[67]/.test(field(one, n)))),
    from: ['SCH-7', 'SCH-8'],
    source: [{ table: 'SCH[Appointment]', rows: ['SCH-7', 'SCH-8'] }],
  },
  {
    name: 'a vaccine of table 0292 is of CVX',
    whose: 'theirs',
    type: 'Immunization',
    path: 'vaccineCode',
    when: (entry, pair) =>
      others(entry, pair).some(({ value }) => value !== entry.value && code(value) === code(entry.value)),
    source: [{ table: 'CWE[CodeableConcept]', rows: ['CWE.3'] }],
  },
];
