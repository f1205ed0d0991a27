import type { Repetition, Segment } from '@anamnesis/hl7v2';
import type { Attachment, Reference } from '../../fhir-types.js';
import { conceptKey } from '../concept-key.js';
import { conceptOf } from '../datatypes/cwe.js';
import { encapsulated, referencePointer } from '../datatypes/ed.js';
import type { DocumentPlace } from '../documents/binary.js';
import { isWithdrawn } from '../results/obx-status.js';
import { Slots } from '../slots.js';
import type { Belonging } from './dg1.js';
import { referralId } from './rf1.js';

/** OBX of type ED or RP under a referral: a document that goes with it. Any other OBX is a result, and not stated. */
export function stateReferralDocument(
  obx: Segment,
  rf1: Segment,
  { subject, visit, draft }: Belonging,
): Reference | undefined {
  const attachments = obx.field(5).repetitions.map((one) => attachmentOf(obx, one, { subject, draft }));
  const content = attachments.filter((one) => one !== undefined).map((attachment) => ({ attachment }));
  const [cwe] = obx.field(3).repetitions;
  const type = cwe && conceptOf(cwe, { draft, location: 'OBX-3' });
  if (content.length === 0) {
    draft.warn('an OBX that is no document is kept in the message only');
    return undefined;
  }
  const slots = new Slots()
    .set('status', isWithdrawn(obx) ? 'entered-in-error' : 'current')
    .set('type', type)
    .set('subject', draft.patientReference(subject))
    .set('content', content)
    .set('context', visit && { encounter: [visit.reference] });
  const key = JSON.stringify([referralId(rf1, draft) ?? draft.statedAt, conceptKey(type ?? {}), obx.field(4).text()]);
  const id = draft.resourceId('DocumentReference', subject.system, key);
  draft.state({ resourceType: 'DocumentReference', id, slots });
  return { reference: `DocumentReference/${id}` };
}

function attachmentOf(obx: Segment, value: Repetition, place: DocumentPlace): Attachment | undefined {
  switch (obx.field(2).text().trim().toUpperCase()) {
    case 'ED':
      return encapsulated(value, place);
    case 'RP':
      return referencePointer(value);
    default:
      return undefined;
  }
}
