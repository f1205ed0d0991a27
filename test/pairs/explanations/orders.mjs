// ServiceRequest, MedicationRequest, MedicationDispense, Specimen.
import { entriesOf } from '../facts.mjs';
import { field } from '../message.mjs';
import { isNamedIn, isOf, obrOf, others } from './evidence.mjs';

const first = (text) => text.split(/[\^&]/)[0].toLowerCase();

/** The OBR of a request, by its code, else by its number. */
function requestOf(entry, pair) {
  const byCode = obrOf(entry, pair);
  if (byCode.length > 0) return byCode;
  const numbers = (entry.resource.identifier ?? []).map(({ value }) => String(value ?? '').toLowerCase());
  return pair.message.segments.flatMap((obr, at) => {
    if (obr.name !== 'OBR' || ![2, 3].some((n) => numbers.includes(first(field(obr, n))))) return [];
    const before = pair.message.segments.slice(0, at).findLast(({ name }) => ['ORC', 'OBR'].includes(name));
    return [{ obr, orc: before?.name === 'ORC' ? before : undefined }];
  });
}

export const orders = [
  {
    name: 'a request of an OBR without an ORC',
    whose: 'theirs',
    side: 'missed',
    type: 'ServiceRequest',
    when: (entry, pair) => {
      const found = requestOf(entry, pair);
      const all = found.length > 0 ? found : pair.message.has('ORC') ? [] : [{ orc: undefined }];
      return isOf('ORU', 'OUL')(entry, pair) && all.length > 0 && all.every(({ orc }) => orc === undefined);
    },
    source: [{ message: 'ORU_R01', target: 'ServiceRequest[1]', condition: 'IF ORC VALUED' }],
  },
  {
    name: 'a request of each OBR where several orders of results share a placer number',
    whose: 'open',
    side: 'missed',
    type: 'ServiceRequest',
    when: (entry, pair) => {
      const placers = pair.message.segments.filter(({ name }) => name === 'OBR').map((one) => first(field(one, 2)));
      const own = requestOf(entry, pair).map(({ obr }) => first(field(obr, 2)));
      return isOf('ORU', 'OUL')(entry, pair) && own.some((one) => placers.filter((other) => other === one).length > 1);
    },
    source: [
      {
        message: 'ORU_R01',
        target: 'ServiceRequest[1]',
        condition: 'If a ServiceRequest needs to be created for the receiver.',
      },
    ],
  },
  {
    name: 'a request of results without a placer number',
    whose: 'open',
    side: 'missed',
    type: 'ServiceRequest',
    when: (entry, pair) =>
      isOf('ORU', 'OUL')(entry, pair) &&
      pair.message.values('OBR-2').length + pair.message.values('ORC-2').length === 0,
    source: [
      {
        message: 'ORU_R01',
        target: 'ServiceRequest[1]',
        condition: 'If a ServiceRequest needs to be created for the receiver.',
      },
    ],
  },
  {
    name: 'the order of an immunization',
    whose: 'open',
    side: 'missed',
    type: 'ServiceRequest',
    when: isOf('VXU'),
    source: [
      {
        message: 'VXU_V04',
        target: 'ServiceRequest[1]',
        condition: 'Only if the system wants to know about the order that lead to the immunization event',
      },
    ],
  },
  {
    name: 'a referral (RF1) in an ADT',
    whose: 'theirs',
    side: 'missed',
    type: 'ServiceRequest',
    when: isOf('ADT'),
    source: [{ table: 'RF1[ServiceRequest]', absent: true }],
  },
  {
    name: 'orders of bills',
    whose: 'open',
    side: 'missed',
    type: ['ServiceRequest', 'MedicationDispense'],
    when: isOf('BAR', 'DFT'),
    source: [{ message: 'DFT_P03', absent: true }],
  },
  {
    name: 'requests of a referral',
    whose: 'open',
    type: 'ServiceRequest',
    when: isOf('REF'),
    source: [{ message: 'REF_I12', absent: true }],
  },
  {
    name: 'a request of an appointment that names no order (SCH-26, SCH-27)',
    whose: 'theirs',
    side: 'missed',
    type: 'ServiceRequest',
    when: (entry, pair) =>
      isOf('SIU')(entry, pair) && pair.message.values('SCH-26').length + pair.message.values('SCH-27').length === 0,
    source: [{ message: 'SIU_S12', target: 'ServiceRequest[1..n]', condition: 'IF SCH-26 or SCH-27 VALUED' }],
  },
  {
    name: 'ORC-4 is the requisition of an order, no number of it',
    whose: 'theirs',
    side: 'missed',
    type: 'ServiceRequest',
    path: 'identifier.value',
    when: ({ value }, { message }) =>
      message.segments.some((one) => one.name === 'ORC' && field(one, 4).toLowerCase().startsWith(value)),
    source: [{ table: 'ORC[ServiceRequest]', rows: ['ORC-4'] }],
  },
  {
    name: 'ORC-33 where OBR-53 is valued',
    whose: 'theirs',
    side: 'missed',
    type: 'ServiceRequest',
    path: 'identifier.value',
    when: (_, { message }) => message.values('OBR-53').length > 0,
    from: ['ORC-33'],
    source: [{ table: 'ORC[ServiceRequest]', rows: ['ORC-33'] }],
  },
  {
    name: 'OBR-53, further numbers of the placer',
    whose: 'theirs',
    side: 'only ours',
    type: 'ServiceRequest',
    path: 'identifier.value',
    from: ['OBR-53'],
    source: [{ table: 'OBR[ServiceRequest]', rows: ['OBR-53'] }],
  },
  {
    name: 'a second OBR under one ORC of an order message is an order of its own',
    whose: 'open',
    side: 'only ours',
    type: 'ServiceRequest',
    when: (entry, pair) =>
      isOf('OML', 'OMG', 'ORM')(entry, pair) && obrOf(entry, pair).some(({ orc }) => orc === undefined),
    source: [{ message: 'OML_O21', no: 'ServiceRequest[2]' }],
  },
  {
    name: 'when an order was written, in messages of results',
    whose: 'open',
    side: 'missed',
    type: 'ServiceRequest',
    path: 'authoredOn',
    when: isOf('ORU', 'OUL'),
    source: [
      {
        message: 'ORU_R01',
        target: 'ServiceRequest[1]',
        condition: 'If a ServiceRequest needs to be created for the receiver.',
      },
    ],
  },
  {
    name: 'status and intent of the parent (ORC-8, OBR-29), of which its child says the number',
    whose: 'theirs',
    side: 'missed',
    type: 'ServiceRequest',
    when: (entry, pair) =>
      isNamedIn(entry, pair, 'ORC-8', 'OBR-29') && !isNamedIn(entry, pair, 'ORC-2', 'ORC-3', 'OBR-2', 'OBR-3'),
    source: [
      { table: 'ORC[ServiceRequest]', without: 'ORC-8' },
      { table: 'OBR[ServiceRequest]', rows: ['OBR-29'] },
    ],
  },
  {
    name: 'a number of ORC-4 with its subcomponents',
    whose: 'theirs',
    type: 'DiagnosticReport',
    path: 'identifier.value',
    when: ({ value }, { message }) =>
      message.segments.some(
        (one) => one.name === 'ORC' && field(one, 4).includes('&') && field(one, 4).toLowerCase().startsWith(value),
      ),
    source: [{ table: 'EIP[Identifier-PlacerAssignedIdentifier]', rows: ['EIP.1'] }],
  },
  {
    name: 'numbers where ORC and OBR have different ones',
    whose: 'open',
    type: ['ServiceRequest', 'DiagnosticReport'],
    path: 'identifier.value',
    when: (entry, { message, expected }) =>
      !(entry.type === 'DiagnosticReport' && expected.includes(entry)) &&
      message.segments.some((one, at) => {
        const before = message.segments.slice(0, at).findLast(({ name }) => name === 'ORC');
        return (
          one.name === 'OBR' &&
          [2, 3].some((n) => {
            const [a, b] = [first(field(before, n)), first(field(one, n))];
            return a !== '' && b !== '' && a !== b && [a, b].includes(entry.value);
          })
        );
      }),
    source: [
      { table: 'ORC[ServiceRequest]', rows: ['ORC-2', 'ORC-3'] },
      { table: 'OBR[ServiceRequest]', rows: ['OBR-2', 'OBR-3'] },
    ],
  },
  {
    name: 'the parent of an order (OBR-29) and orders named by documents, as far as their number says',
    whose: 'open',
    side: 'only ours',
    type: ['ServiceRequest', 'MedicationRequest'],
    when: ({ resource }) => resource.code === undefined && (resource.identifier ?? []).length > 0,
    source: [{ table: 'OBR[ServiceRequest]', rows: ['OBR-29'] }],
  },
  {
    name: 'intent, which FHIR asks for and OBR says',
    whose: 'theirs',
    type: 'ServiceRequest',
    path: 'intent',
    when: (entry, pair) => {
      const isReflex = pair.message.values('OBR-11').includes('g');
      const said = ['order', ...(isReflex ? ['reflex-order'] : [])];
      return pair.message.has('OBR') && pair.expected.includes(entry) !== said.includes(entry.value);
    },
    source: [{ table: 'OBR[ServiceRequest]', rows: ['OBR', 'OBR-11'] }],
  },
  {
    name: 'status of an order by ORC-5, else ORC-1',
    whose: 'theirs',
    type: 'ServiceRequest',
    path: 'status',
    when: (entry, pair) => {
      const { message, expected } = pair;
      if (message.values('ORC-5').length + message.values('ORC-1').length === 0) return false;
      const isOtherwise = ({ value }) => value === 'unknown' || (value === 'revoked' && message.says('ca', 'ORC-1'));
      return expected.includes(entry) ? isOtherwise(entry) : others(entry, pair).some(isOtherwise);
    },
    source: [
      { table: 'ORC[ServiceRequest]', rows: ['ORC-1', 'ORC-5'] },
      { table: 'OrderControlCode[ServiceRequest.status]', rows: ['CA', 'NW'] },
    ],
  },
  {
    name: 'a status that FHIR asks for, where results come without an ORC',
    whose: 'theirs',
    side: 'only ours',
    type: 'ServiceRequest',
    path: 'status',
    when: (entry, pair) => entry.value === 'unknown' && isOf('ORU', 'OUL')(entry, pair) && !pair.message.has('ORC'),
    source: [{ fhir: 'R4, ServiceRequest.status 1..1' }],
  },
  {
    name: 'priority of TQ1 in messages of results',
    whose: 'open',
    type: 'ServiceRequest',
    path: 'priority',
    when: isOf('ORU', 'OUL'),
    source: [
      {
        message: 'ORU_R01',
        target: 'ServiceRequest[1]',
        condition: 'If a ServiceRequest needs to be created for the receiver.',
      },
    ],
  },
  {
    name: "a second prescription for the pharmacy's encoding (RXE) of one order",
    whose: 'theirs',
    side: 'missed',
    type: 'MedicationRequest',
    when: (entry, pair) =>
      pair.message.has('RXE') && ['filler-order', 'original-order'].includes(entry.resource.intent),
    source: [{ table: 'RXE[MedicationRequest]', absent: true }],
  },
  {
    name: 'status and prescription of what was dispensed',
    whose: 'open',
    type: ['MedicationDispense', 'MedicationRequest'],
    when: isOf('RDS'),
    source: [{ message: 'RDS_O13', absent: true }],
  },
  {
    name: 'specimens of an MDM',
    whose: 'theirs',
    side: 'missed',
    type: 'Specimen',
    when: isOf('MDM'),
    source: [{ message: 'MDM_T02', no: 'Specimen' }],
  },
  {
    name: 'specimens of an ORM',
    whose: 'theirs',
    side: 'missed',
    type: 'Specimen',
    when: isOf('ORM'),
    source: [{ message: 'ORM_O01', no: 'Specimen' }],
  },
  {
    name: 'numbers of the order as numbers of its specimen',
    whose: 'theirs',
    side: 'missed',
    type: 'Specimen',
    path: 'identifier.value',
    when: ({ value }, { message }) => !message.says(value, 'SPM-2', 'SPM-3', 'SPM-31', 'SPM-32'),
    from: ['OBR-2', 'OBR-3', 'OBR-53'],
    source: [
      { table: 'OBR[Specimen]', rows: ['OBR-2'] },
      { table: 'OBR[Specimen]', without: 'OBR-3' },
    ],
  },
  {
    name: 'a specimen of which only OBR-7 says a time',
    whose: 'open',
    side: 'missed',
    type: 'Specimen',
    path: 'collection.collectedDateTime',
    when: (_, { message }) =>
      !message.has('SPM') && message.values('OBR-14').length + message.values('OBR-15').length === 0,
    source: [{ standard: 'HL7 v2.9, 4.5.3.7: OBR-7 is of a specimen only where the observation needs one' }],
  },
  {
    name: 'a specimen of OBR beside those of SPM',
    whose: 'open',
    side: 'missed',
    type: 'Specimen',
    when: ({ resource }, { message }) =>
      message.has('SPM') && !(resource.identifier ?? []).some(({ value }) => message.says(value, 'SPM-2', 'SPM-3')),
    source: [
      { table: 'OBR[Specimen]', rows: ['OBR-7', 'OBR-14', 'OBR-15'] },
      { table: 'SPM[Specimen]', rows: ['SPM-17', 'SPM-18'] },
    ],
  },
  {
    name: 'a specimen whose number comes again is one',
    whose: 'open',
    side: 'missed',
    type: 'Specimen',
    when: (entry, pair) => {
      const own = (entry.resource.identifier ?? []).map(({ value }) => value);
      const sharing = pair.theirs.filter(
        (one) => one.resourceType === 'Specimen' && (one.identifier ?? []).some(({ value }) => own.includes(value)),
      );
      return sharing.length > 1 && own.length > 0;
    },
    source: [{ table: 'SPM[Specimen]', rows: ['SPM-2'] }],
  },
  {
    name: 'times of OBR, where the only SPM has none; the other half of SPM-3',
    whose: 'theirs',
    side: 'only ours',
    type: 'Specimen',
    when: ({ path, value }, { message }) =>
      ['collection.collectedDateTime', 'receivedTime'].includes(path)
        ? message.has('SPM') && (message.values('OBR-7').length > 0 || message.values('OBR-14').length > 0)
        : message.says(value, 'SPM-3'),
    source: [
      { table: 'OBR[Specimen]', rows: ['OBR-7', 'OBR-14'] },
      { table: 'SPM[Specimen]', rows: ['SPM-3'] },
    ],
  },
  {
    name: 'a specimen of OBR-15 and OBR-14 in an ORM',
    whose: 'open',
    side: 'only ours',
    type: 'Specimen',
    when: (entry, pair) => isOf('ORM')(entry, pair) && entriesOf([entry.resource]).length > 0,
    source: [{ message: 'ORM_O01', no: 'Specimen' }],
  },
];
