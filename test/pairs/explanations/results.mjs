// Observation and DiagnosticReport.
import { field } from '../message.mjs';
import { isFrom, isOf, obxOf, others } from './evidence.mjs';

const pending = new Set(['S', 'I', 'R', 'B', 'V', 'U', 'N', 'O']);
/** LOINC codes that say something of the Immunization itself (VXU_V04, ORDER.OBSERVATION). */
const ofVaccine = ['64994-7', '30963-3', '30973-2', '48767-8', '31044-1', '69764-9', '30956-7', '29768-9', '29769-7'];
const numbersOf = (text) => (text.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);

export const results = [
  {
    name: 'an Observation for each OBX of a document',
    whose: 'theirs',
    side: 'missed',
    type: 'Observation',
    when: isOf('MDM'),
    source: [{ message: 'MDM_T02', no: 'Observation' }],
  },
  {
    name: 'observations of bills and referrals',
    whose: 'open',
    side: 'missed',
    type: 'Observation',
    when: isOf('BAR', 'DFT', 'REF'),
    source: [
      { message: 'BAR_P01', absent: true },
      { message: 'DFT_P03', absent: true },
      { message: 'REF_I12', absent: true },
    ],
  },
  {
    name: 'what an OBX says of an immunization is of the Immunization',
    whose: 'open',
    side: 'missed',
    type: 'Observation',
    when: (entry, pair) =>
      isOf('VXU')(entry, pair) && (entry.resource.code?.coding ?? []).some((one) => ofVaccine.includes(one.code)),
    source: [
      {
        message: 'VXU_V04',
        target: 'Observation[2]',
        condition: 'IF OBX-5 LST.count LESS THAN OR EQUALS 1 AND OBX-2 IS "NA"',
      },
    ],
  },
  {
    name: 'OBX of specimens, containers and prior results in order messages',
    whose: 'theirs',
    side: 'missed',
    type: 'Observation',
    when: (entry, pair) =>
      ['OMG', 'OML'].includes(pair.message.code) &&
      pair.message.segments.some(
        (one, at) =>
          obxOf(entry, pair).includes(one) &&
          ['SPM', 'SAC', 'PV1'].includes(
            pair.message.segments.slice(0, at).findLast(({ name }) => ['SPM', 'SAC', 'OBR', 'PV1'].includes(name))
              ?.name,
          ),
      ),
    source: [
      { message: 'OML_O21', without: 'OML_O21.ORDER.OBSERVATION_REQUEST.SPECIMEN.SPECIMEN_OBSERVATION.OBX' },
      { message: 'OML_O21', without: 'OML_O21.ORDER.OBSERVATION_REQUEST.SPECIMEN.CONTAINER.CONTAINER_OBSERVATION.OBX' },
      {
        message: 'OML_O21',
        without: 'OML_O21.ORDER.OBSERVATION_REQUEST.PRIOR_RESULT.ORDER_PRIOR.OBSERVATION_PRIOR.OBX',
      },
    ],
  },
  {
    name: 'OBX of an order of no service or drug (ODS, RQD)',
    whose: 'open',
    side: 'missed',
    type: 'Observation',
    when: (_, { message }) => message.has('ODS') || message.has('RQD'),
    source: [
      { table: 'ODS[ServiceRequest]', absent: true },
      { table: 'RQD[ServiceRequest]', absent: true },
    ],
  },
  {
    name: 'a DiagnosticReport in a message of orders, documents, bills or referrals',
    whose: 'theirs',
    side: 'missed',
    type: 'DiagnosticReport',
    when: isOf('OMG', 'OML', 'ORM', 'MDM', 'DFT', 'BAR', 'REF'),
    source: [
      { message: 'OML_O21', no: 'DiagnosticReport' },
      { message: 'ORM_O01', no: 'DiagnosticReport' },
      { message: 'MDM_T02', no: 'DiagnosticReport' },
      { message: 'DFT_P03', absent: true },
    ],
  },
  {
    name: 'a DiagnosticReport for each document (ED, RP) in OBX',
    whose: 'theirs',
    side: 'missed',
    type: 'DiagnosticReport',
    when: (entry, pair) => {
      const lines = obxOf(entry, pair);
      return (
        entry.resource.presentedForm !== undefined &&
        lines.some((one) => ['ED', 'RP'].includes(field(one, 2))) &&
        !isFrom(entry, pair, 'OBR-4')
      );
    },
    source: [{ table: 'OBX[DiagnosticReport]', absent: true }],
  },
  {
    name: 'a report whose OBR-25 is empty',
    whose: 'open',
    type: 'DiagnosticReport',
    path: 'status',
    when: (_, { message }) => message.segments.some((one) => one.name === 'OBR' && field(one, 25) === ''),
    source: [{ table: 'OBR[DiagnosticReport]', rows: ['OBR-25'] }],
  },
  {
    name: 'status of results whose OBX-11 the map leaves out or the sender left empty',
    whose: 'open',
    type: 'Observation',
    path: 'status',
    when: (entry, pair) => obxOf(entry, pair).some((one) => field(one, 11) === '' || pending.has(field(one, 11))),
    source: [{ table: 'ObservationResultStatusCodesInterpretation', rows: ['S', 'I', 'R', 'B', 'V', 'U', 'N'] }],
  },
  {
    name: 'text and bounds of a reference range',
    whose: 'theirs',
    side: 'only ours',
    type: 'Observation',
    path: 'referenceRange',
    when: ({ path, value, resource }, { message }) =>
      resource.referenceRange?.length > 0 &&
      (path === 'referenceRange.text'
        ? message.says(value, 'OBX-7')
        : message.segments.some((one) => one.name === 'OBX' && numbersOf(field(one, 7)).includes(Number(value)))),
    source: [{ table: 'OBX[Observation]', rows: ['OBX-7'] }],
  },
  {
    name: 'the time of OBR-7, where OBX-14 has none that can be read',
    whose: 'choice',
    side: 'only ours',
    type: 'Observation',
    path: 'effectiveDateTime',
    when: (entry, pair) => obxOf(entry, pair).some((one) => !/^(19|20)\d{2}/.test(field(one, 14))),
    source: [{ choice: 'effective is OBX-14, else OBR-7 (fhir.md, section 4)' }],
  },
  {
    name: 'unit of OBX-6, value of SN',
    whose: 'theirs',
    side: 'only ours',
    type: 'Observation',
    path: ['valueQuantity.unit', 'valueQuantity.value'],
    when: ({ value }, { message }) => message.says(value, 'OBX-6', 'OBX-5'),
    source: [{ table: 'OBX[Observation]', rows: ['OBX-5', 'OBX-6'] }],
  },
  {
    name: 'text with its escapes read',
    whose: 'theirs',
    type: 'Observation',
    path: 'valueString',
    when: (entry, pair) => {
      const plain = (text) => text.replace(/\\?\.br\\?/g, '').replace(/[\s\\]+/g, '');
      const escaped = [entry, ...others(entry, pair)].filter(({ value }) => value.includes('\\'));
      return escaped.some((one) => {
        const [sent, read] = [plain(one.value), plain(entry.value)];
        return sent.includes(read) || read.includes(sent);
      });
    },
    source: [{ standard: 'HL7 v2.9, 2.7.6: \\.br\\ begins a new line' }],
  },
  {
    name: 'an SN that is no number, as the table puts its parts together',
    whose: 'theirs',
    type: 'Observation',
    path: 'valueString',
    when: (_, { message }) => message.segments.some((one) => one.name === 'OBX' && field(one, 2) === 'SN'),
    source: [{ table: 'OBX[Observation]', rows: ['OBX-5'] }],
  },
  {
    name: 'a coded value without a code is its text',
    whose: 'theirs',
    side: 'only ours',
    type: 'Observation',
    path: 'valueCodeableConcept',
    from: ['OBX-5.2', 'OBX-5.9'],
    source: [{ table: 'CWE[CodeableConcept]', rows: ['CWE.2', 'CWE.9'] }],
  },
  {
    name: 'a document in OBX as an Observation',
    whose: 'choice',
    side: 'missed',
    type: 'Observation',
    when: (entry, pair) => {
      const lines = obxOf(entry, pair);
      return lines.length > 0 && lines.every((one) => ['ED', 'RP'].includes(field(one, 2)));
    },
    source: [{ choice: 'a document is a DocumentReference and a Binary (fhir.md, section 4)' }],
  },
  {
    name: 'lines of one OBX-3 and OBX-4 are one Observation',
    whose: 'open',
    side: 'missed',
    type: 'Observation',
    path: ['valueString', 'valueCodeableConcept', 'valueQuantity', 'code', 'status'],
    when: (entry, pair) => {
      const keys = obxOf(entry, pair).map((one) => [3, 4].map((n) => field(one, n)).join());
      return new Set(keys).size < keys.length && ['OMG', 'OML'].includes(pair.message.code);
    },
    source: [{ standard: 'HL7 v2.9, 7.4.2.4: OBX with the same OBX-3 and OBX-4 are parts of one observation' }],
  },
];
