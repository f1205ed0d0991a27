// DocumentReference.
import { codesOf, isOf } from './evidence.mjs';

export const documents = [
  {
    name: 'documents (ED, RP) among results, with orders and in referrals',
    whose: 'open',
    side: 'only ours',
    type: 'DocumentReference',
    when: (entry, pair) => !isOf('MDM')(entry, pair) && entry.resource.masterIdentifier === undefined,
    source: [{ table: 'OBX[Observation]', rows: ['OBX-5'] }],
  },
  {
    name: 'TXA between ORC and OBR: times, kinds and numbers',
    whose: 'open',
    type: 'DocumentReference',
    when: isOf('ORU', 'OUL'),
    source: [{ message: 'ORU_R01', no: 'DocumentReference' }],
  },
  {
    name: 'when a document was made',
    whose: 'theirs',
    side: 'only ours',
    type: 'DocumentReference',
    path: 'date',
    when: (_, { message }) => message.values('TXA-6').length > 0,
    source: [{ table: 'TXA[DocumentReference]', rows: ['TXA-6'] }],
  },
  {
    name: 'completion by TXA-17, of which the guide has no map',
    whose: 'open',
    type: 'DocumentReference',
    path: 'docStatus',
    when: ({ value }, { message }) => ['final', 'preliminary'].includes(value) && message.values('TXA-17').length > 0,
    source: [{ table: 'TXA[DocumentReference]', rows: ['TXA-17'] }],
  },
  {
    name: 'the document that is replaced or added to, as far as its number says',
    whose: 'open',
    side: 'only ours',
    type: 'DocumentReference',
    path: ['status', 'identifier.value'],
    when: ({ resource }, { message }) => codesOf(resource).length === 0 && message.values('TXA-13').length > 0,
    source: [{ table: 'TXA[DocumentReference]', without: 'TXA-13' }],
  },
];
