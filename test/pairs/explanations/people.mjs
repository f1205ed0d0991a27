// Patient, RelatedPerson, Coverage.
import { field } from '../message.mjs';
import { entriesOf } from '../facts.mjs';
import { isNamedIn } from './evidence.mjs';

const guarantor = ['GT1-2', 'GT1-3', 'GT1-5', 'GT1-6', 'GT1-7', 'GT1-11', 'GT1-12', 'GT1-19'];
const insured = ['IN2-6', 'IN2-7', 'IN2-8', 'IN2-10', 'IN2-61', 'IN2-63'];
const phones = ['PID-13', 'PID-14', 'PID-40', 'NK1-5', 'NK1-6', 'NK1-31', 'NK1-40', 'NK1-41'];
const digits = (text) => text.replace(/[\s()+.-]/g, '').toLowerCase();

/** XTN as the guide's table builds the value. */
function tableNumber(xtn) {
  const part = (n) => xtn.split('^')[n - 1] ?? '';
  if (part(3) === '' && part(4) !== '' && part(1) === '') return digits(part(4));
  if (/^(internet|x\.400)$/i.test(part(3))) return digits(part(4));
  if (part(7) !== '' && part(6) !== '') return digits([5, 6, 7].map(part).join('') + (part(8) && `x${part(8)}`));
  return digits([12, 7, 1].map(part).find((one) => one !== '') ?? '');
}

const numbersOf = (message) =>
  message.segments.flatMap((one) =>
    phones
      .filter((path) => path.startsWith(one.name))
      .flatMap((path) => field(one, Number(path.slice(4))).split('~'))
      .filter((xtn) => xtn !== ''),
  );

/** The fields that the tables do map to such a fact. */
const mapped = {
  Patient: {
    name: ['PID-5', 'PID-9'],
    identifier: ['PID-2', 'PID-3', 'PID-4', 'PID-19', 'PID-20'],
    telecom: ['PID-13', 'PID-14', 'PID-40'],
    address: ['PID-11'],
  },
  RelatedPerson: {
    name: ['NK1-2', 'NK1-30', 'IN1-16'],
    telecom: ['NK1-5', 'NK1-6', 'NK1-31', 'NK1-40', 'NK1-41'],
    relationship: ['NK1-3', 'NK1-7', 'IN1-17'],
  },
};
const beside = ({ type, path }) => mapped[type]?.[path.split('.')[0]] ?? [];

export const people = [
  {
    name: 'persons, numbers and phones of guarantors (GT1)',
    whose: 'theirs',
    side: 'missed',
    type: ['Patient', 'RelatedPerson'],
    from: guarantor,
    beside,
    source: [
      { table: 'GT1[Patient]', absent: true },
      { table: 'GT1[RelatedPerson]', absent: true },
    ],
  },
  {
    name: 'numbers, names and phones of insurance (IN2)',
    whose: 'theirs',
    side: 'missed',
    type: ['Patient', 'RelatedPerson'],
    from: insured,
    beside,
    source: [
      { table: 'IN2[Patient]', absent: true },
      { table: 'IN2[RelatedPerson]', absent: true },
    ],
  },
  {
    name: 'numbers of disability (DB1) and names of consent (CON)',
    whose: 'theirs',
    side: 'missed',
    type: 'Patient',
    from: ['DB1-3', 'CON-24'],
    beside,
    source: [
      { table: 'DB1[Patient]', absent: true },
      { table: 'CON[Patient]', absent: true },
    ],
  },
  {
    name: 'who reported an allergy (IAM-14) or took part in an observation (PRT-5)',
    whose: 'theirs',
    side: 'missed',
    type: 'RelatedPerson',
    when: (entry, pair) => isNamedIn(entry, pair, 'IAM-14', 'PRT-5') && !isNamedIn(entry, pair, 'NK1-2'),
    source: [
      { table: 'IAM[RelatedPerson]', absent: true },
      { message: 'ORU_R01', target: 'PractitionerRole[7]', condition: 'IF PRT-5 VALUED' },
    ],
  },
  {
    name: 'a phone that the table builds of other parts of XTN',
    whose: 'theirs',
    side: 'missed',
    type: ['Patient', 'RelatedPerson'],
    path: 'telecom.value',
    when: ({ value }, { message }) => {
      const sent = numbersOf(message);
      const parts = sent.filter((xtn) => xtn.split('^').map(digits).includes(value));
      return parts.some((xtn) => tableNumber(xtn) !== value);
    },
    source: [{ table: 'XTN[ContactPoint]', rows: ['XTN.1', 'XTN.4', 'XTN.7', 'XTN.12'] }],
  },
  {
    name: 'a phone as the table builds it',
    whose: 'theirs',
    side: 'only ours',
    type: ['Patient', 'RelatedPerson'],
    path: 'telecom.value',
    when: ({ value }, { message }) => numbersOf(message).some((xtn) => tableNumber(xtn) === value),
    source: [{ table: 'XTN[ContactPoint]', rows: ['XTN.4', 'XTN.7', 'XTN.12'] }],
  },
  {
    name: 'a local number (XTN.7) or unformatted one (XTN.12) of equipment that is called Internet',
    whose: 'choice',
    side: 'only ours',
    type: ['Patient', 'RelatedPerson'],
    path: 'telecom.value',
    when: ({ value }, { message }) =>
      numbersOf(message).some((xtn) => /internet/i.test(xtn) && digits(xtn.split('^').join('')).includes(value)),
    source: [{ choice: 'a number is not thrown away because XTN.3 names other equipment' }],
  },
  {
    name: 'a person who holds an insurance (IN1-16)',
    whose: 'theirs',
    side: 'only ours',
    type: 'RelatedPerson',
    path: 'name',
    from: ['IN1-16'],
    source: [{ table: 'IN1[Coverage]', rows: ['IN1-16'] }],
  },
  {
    name: 'a language as sent, beside its BCP 47 code',
    whose: 'theirs',
    side: 'only ours',
    type: 'Patient',
    path: 'communication.language',
    from: ['PID-15'],
    source: [{ table: 'CWE[CodeableConcept]', rows: ['CWE.1', 'CWE.4'] }],
  },
  {
    name: 'numbers of records that a merge ends or keeps',
    whose: 'open',
    side: 'only ours',
    type: 'Patient',
    path: 'identifier.value',
    when: (_, { message }) => message.has('MRG'),
    from: ['MRG-1', 'PID-3', 'PID-2', 'PID-4'],
    source: [
      { message: 'ADT_A39', absent: true },
      { message: 'ADT_A41', absent: true },
    ],
  },
  {
    name: 'alive, where PID-30 says neither Y nor N',
    whose: 'theirs',
    side: 'missed',
    type: 'Patient',
    path: 'deceasedBoolean',
    when: (_, { message }) => !message.values('PID-30').some((value) => ['y', 'n'].includes(value)),
    source: [{ table: 'YesNoIndicator', rows: ['Y', 'N'] }],
  },
  {
    name: 'marital status translated, beside the code as sent',
    whose: 'theirs',
    side: 'only ours',
    type: 'Patient',
    path: 'maritalStatus',
    when: ({ value, resource }) =>
      resource.maritalStatus?.coding.some((one) => one.userSelected === false && one.code.toLowerCase() === value),
    source: [{ table: 'MaritalStatus', rows: ['A', 'P'] }],
  },
  {
    name: 'a relationship as sent, beside its translation',
    whose: 'theirs',
    side: 'only ours',
    type: 'RelatedPerson',
    path: 'relationship',
    from: ['NK1-3', 'NK1-7', 'IN1-17'],
    source: [{ table: 'CWE[CodeableConcept]', rows: ['CWE.1', 'CWE.4'] }],
  },
  {
    name: 'a relationship or contact role translated, where only the code as sent is expected',
    whose: 'theirs',
    side: 'only ours',
    type: 'RelatedPerson',
    path: 'relationship',
    when: ({ value, resource }) =>
      resource.relationship?.some(({ coding }) =>
        coding?.some((one) => one.userSelected === false && one.code.toLowerCase() === value),
      ),
    source: [{ table: 'Relationship', rows: ['OTH'] }],
  },
  {
    name: 'a relationship that the sender says in a coding system of its own, translated all the same',
    whose: 'theirs',
    side: 'missed',
    type: 'RelatedPerson',
    path: 'relationship',
    when: ({ value }, { message }) =>
      !message.says(value, 'NK1-3', 'NK1-7', 'IN1-17') &&
      message.segments.some((one) =>
        (one.name === 'NK1' ? [3, 7] : one.name === 'IN1' ? [17] : []).some((n) => {
          const [first, , system = '', second = ''] = field(one, n).split('^');
          return (first !== '' && system !== '' && system !== 'HL70063' && system !== 'HL70131') || second !== '';
        }),
      ),
    source: [{ table: 'CWE[CodeableConcept]', rows: ['CWE.3', 'CWE.6'] }],
  },
  {
    name: 'NK1-7 translated by the table of NK1-3',
    whose: 'theirs',
    side: 'missed',
    type: 'RelatedPerson',
    path: 'relationship',
    when: ({ value }, { message }) => value === 'c' && message.says('emc', 'NK1-7'),
    source: [{ table: 'ContactRole', without: 'EMC' }],
  },
  {
    name: 'the mother of PID-21',
    whose: 'theirs',
    side: 'only ours',
    type: 'RelatedPerson',
    path: 'relationship',
    when: ({ value }, { message }) => value === 'mth' && message.values('PID-21').length > 0,
    source: [{ table: 'PID[Patient]', rows: ['PID-21'] }],
  },
  {
    name: 'insurance without a company: FHIR asks for a payor',
    whose: 'theirs',
    side: 'missed',
    type: 'Coverage',
    when: (_, { message }) =>
      message.segments.some((one) => one.name === 'IN1' && field(one, 3) === '' && field(one, 4) === ''),
    source: [{ fhir: 'R4, Coverage.payor 1..*' }],
  },
  {
    name: 'a coverage of one plan and policy that the message says twice is one, and so is who holds it',
    whose: 'open',
    side: 'missed',
    type: ['Coverage', 'RelatedPerson'],
    when: (entry, { message }) => {
      const all = message.segments
        .filter(({ name }) => name === 'IN1')
        .map((one) => [2, 3, 16, 36].map((n) => field(one, n)).join('|'));
      return (
        new Set(all).size < all.length && entriesOf([entry.resource]).length > 0 && !message.says(entry.value, 'NK1')
      );
    },
    source: [{ table: 'IN1[Coverage]', rows: ['IN1-2', 'IN1-12'] }],
  },
  {
    name: 'a coverage is active unless its period has ended; its subscriber number',
    whose: 'theirs',
    side: 'only ours',
    type: 'Coverage',
    path: ['status', 'subscriberId'],
    when: ({ path, value }, { message }) => path === 'status' || message.says(value, 'IN1-49', 'IN1-36'),
    source: [{ fhir: 'R4, Coverage.status 1..1' }, { table: 'IN1[Coverage]', rows: ['IN1-49'] }],
  },
];
