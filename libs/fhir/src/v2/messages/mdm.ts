import type { Message } from '@anamnesis/hl7v2';
import { stateDocument } from '../documents/txa.js';
import { ownSegments } from '../orders/order-groups.js';
import type { Belonging } from '../segments/dg1.js';
import type { StructureMapping } from '../structure-mapping.js';
import { patientEvent } from './patient-event.js';

/** What each trigger tells: notice and notice with content are one thing. */
const types: ReadonlyMap<string, string> = new Map([
  ['T01', 'document.added'],
  ['T02', 'document.added'],
  ['T03', 'document.updated'],
  ['T04', 'document.updated'],
  ['T05', 'document.added'],
  ['T06', 'document.added'],
  ['T07', 'document.updated'],
  ['T08', 'document.updated'],
  ['T09', 'document.replaced'],
  ['T10', 'document.replaced'],
  ['T11', 'document.cancelled'],
]);

/** MDM_T01 (notices) and MDM_T02 (with content): a DocumentReference per TXA, and the orders that stand before it. */
export const mdm: readonly StructureMapping[] = ['MDM_T01', 'MDM_T02'].map((name) => {
  const mapping = { name, version: 5 };
  return {
    ...mapping,
    map: (message, context) => {
      const type = types.get(message.header.triggerEvent);
      const say = (place: Belonging): void => {
        stateDocuments(message, place);
      };
      return type === undefined ? undefined : [patientEvent(message, context, { mapping, type, say })];
    },
  };
});

function stateDocuments(message: Message, place: Belonging): void {
  const [txa, ...others] = ownSegments(message).filter(({ name }) => name === 'TXA');
  if (txa) stateDocument(txa, place);
  else place.draft.warn('no TXA: the document is kept in the message only');
  if (others.length > 0) place.draft.warn('a second TXA is kept in the message only');
}
