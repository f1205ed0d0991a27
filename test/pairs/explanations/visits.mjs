// Encounter.
import { field } from '../message.mjs';
import { entriesOf } from '../facts.mjs';
import { isOf } from './evidence.mjs';

const pv1s = ({ segments }) => segments.filter(({ name }) => name === 'PV1');

export const visits = [
  {
    name: 'the visit of a bill',
    whose: 'open',
    side: 'missed',
    type: 'Encounter',
    when: isOf('BAR', 'DFT'),
    source: [
      { message: 'BAR_P01', absent: true },
      { message: 'DFT_P03', absent: true },
    ],
  },
  {
    name: 'the visit of prior results in an order message',
    whose: 'theirs',
    side: 'missed',
    type: 'Encounter',
    when: ({ resource }, { message }) => {
      const [, ...prior] = pv1s(message).map((one) => field(one, 19).split('^')[0]);
      return message.code.startsWith('O') && (resource.identifier ?? []).some(({ value }) => prior.includes(value));
    },
    source: [{ message: 'OML_O21', without: 'OML_O21.ORDER.OBSERVATION_REQUEST.PRIOR_RESULT.RESULT_VISIT_PRIOR.PV1' }],
  },
  {
    name: 'the visit of a person-level event (A28, A31)',
    whose: 'choice',
    side: 'missed',
    type: 'Encounter',
    when: (_, { message }) => ['A28', 'A31'].includes(message.trigger),
    source: [{ choice: 'a person is added or updated, no visit (hl7v2.md, section 9)' }],
  },
  {
    name: 'a visit without a number',
    whose: 'choice',
    side: 'missed',
    type: 'Encounter',
    when: ({ resource }, { message }) =>
      (resource.identifier ?? []).length === 0 && pv1s(message).some((one) => field(one, 19) === ''),
    source: [
      { choice: 'without PV1-19, and PID-18 with PV1-44, one visit is not told from another (fhir.md, section 3)' },
    ],
  },
  {
    name: 'status where PV1-45 is valued',
    whose: 'theirs',
    type: 'Encounter',
    path: 'status',
    when: (entry, { message, expected }) =>
      message.values('PV1-45').length > 0 && expected.includes(entry) !== (entry.value === 'finished'),
    source: [{ table: 'PV1[Encounter]', rows: ['PV1-45', 'PV1-2'] }],
  },
  {
    name: 'status by the event',
    whose: 'open',
    type: 'Encounter',
    path: 'status',
    when: (_, { message }) =>
      ['A01', 'A02', 'A03', 'A04', 'A05', 'A11', 'A13', 'A14', 'A27', 'A38'].includes(message.trigger),
    source: [
      { table: 'Event[EncounterStatus]', rows: ['A01', 'A04', 'A05', 'A11'] },
      { table: 'PV1[Encounter]', rows: ['PV1-2'] },
    ],
  },
  {
    name: 'status of a pre-admission (PV1-2 P)',
    whose: 'theirs',
    type: 'Encounter',
    path: 'status',
    when: (entry, { message, expected }) =>
      entry.value === (expected.includes(entry) ? 'in-progress' : 'planned') && message.values('PV1-2').includes('p'),
    source: [{ table: 'PatientClass[EncounterStatus]', rows: ['P'] }],
  },
  {
    name: 'PV2-8 and PV2-9 are when a stay is planned to begin and end',
    whose: 'theirs',
    side: 'missed',
    type: 'Encounter',
    path: ['period.start', 'period.end'],
    when: ({ path }, { message }) => message.values(path === 'period.start' ? 'PV1-44' : 'PV1-45').length === 0,
    source: [{ table: 'PV2[Encounter]', rows: ['PV2-8', 'PV2-9'] }],
  },
  {
    name: 'PV1-45 is when a visit ended',
    whose: 'theirs',
    side: 'only ours',
    type: 'Encounter',
    path: 'period.end',
    when: ({ resource }, { message }) => message.values('PV1-45').length > 0 && entriesOf([resource]).length > 0,
    source: [{ table: 'PV1[Encounter]', rows: ['PV1-45'] }],
  },
];
