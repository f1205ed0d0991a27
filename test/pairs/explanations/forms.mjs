// How values are written, of whatever resource; what FHIR asks for and a message does not say.
import { field } from '../message.mjs';
import { code, others } from './evidence.mjs';

const hourMs = 3_600_000;
const times = [
  'birthDate',
  'deceasedDateTime',
  'period',
  'onsetDateTime',
  'recordedDate',
  'performedDateTime',
  'effectiveDateTime',
  'issued',
  'valueDateTime',
  'collection.collectedDateTime',
  'receivedTime',
  'authoredOn',
  'occurrenceDateTime',
  'date',
  'start',
  'end',
];

export const forms = [
  {
    name: 'a number that one resource lists twice is one',
    whose: 'open',
    side: 'missed',
    path: 'identifier.value',
    when: (entry, { expected }) =>
      expected.find((one) => one.resource === entry.resource && one.fact === entry.fact) !== entry,
    source: [
      { table: 'ORC[DiagnosticReport]', rows: ['ORC-4'] },
      { table: 'PID[Patient]', rows: ['PID-2', 'PID-3'] },
    ],
  },
  {
    name: 'a time without a zone, in the zone of MSH-7',
    whose: 'theirs',
    path: times,
    when: (entry, pair) =>
      /[+-]\d{4}$/.test(
        field(
          pair.message.segments.find(({ name }) => name === 'MSH'),
          7,
        ),
      ) &&
      others(entry, pair).some(({ value }) => {
        const apart = Math.abs(Date.parse(value) - Date.parse(entry.value));
        return apart > 0 && apart <= 14 * hourMs && apart % (hourMs / 4) === 0;
      }),
    source: [{ standard: 'HL7 v2.9, 2.A.2.22: the zone of MSH-7 is that of all times without one' }],
  },
  {
    name: 'an instant that is not told to the second, or in a wrong precision',
    whose: 'theirs',
    path: ['issued', 'valueDateTime'],
    when: ({ path }, { message }) =>
      (path === 'issued'
        ? message.values('OBR-22')
        : message.segments
            .filter((one) => one.name === 'OBX' && /^(DT|DTM|TS)$/.test(field(one, 2)))
            .map((one) => field(one, 5))
      ).some((text) => /^\d{4,12}(?!\d)/.test(text.replace(/[^\d]/g, ''))),
    source: [{ fhir: 'R4, instant: at least to the second' }, { table: 'OBR[DiagnosticReport]', rows: ['OBR-22'] }],
  },
  {
    name: 'the coding system of a code',
    whose: 'theirs',
    path: ['code', 'reasonCode', 'type', 'vaccineCode'],
    when: (entry, pair) =>
      others(entry, pair).some(({ value }) => value !== entry.value && code(value) === code(entry.value)),
    source: [{ table: 'CWE[CodeableConcept]', rows: ['CWE.3'] }],
  },
  {
    name: 'a code that FHIR asks for, where OBR-4 or OBX-3 is empty',
    whose: 'theirs',
    side: 'only ours',
    path: ['code', 'medicationCodeableConcept'],
    when: ({ value }) => value === 'not named',
    source: [{ fhir: 'R4, DiagnosticReport.code and Observation.code 1..1' }],
  },
];
