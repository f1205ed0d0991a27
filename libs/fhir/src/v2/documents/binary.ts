import type { PatientIdentifier, StoredDocument } from '@anamnesis/core';
import type { Attachment } from '../../fhir-types.js';
import { compact } from '../compact.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';

/** Whose document it is, and what is being said of them. */
export interface DocumentPlace {
  readonly subject: PatientIdentifier;
  readonly draft: Draft;
}

/** Names the content of a Binary, where it would be among the data: a url of an extension on `Binary.data`. */
export const storedContentUrl = 'urn:anamnesis:content';

/**
 * A document in the content store as a Binary of the patient's record, and the attachment that names it. The same document
 * sent again for the same patient is the same Binary; for another patient it is another one, of that record.
 */
export function stateBinary(
  { digest, sizeBytes, hash }: StoredDocument,
  contentType: string | undefined,
  { draft, subject }: DocumentPlace,
): Attachment {
  const id = draft.resourceId('Binary', subject.system, JSON.stringify([subject.value, digest]));
  if (!draft.hasStated('Binary', id)) {
    const stored = [
      { url: 'digest', valueString: digest },
      { url: 'sizeBytes', valueDecimal: sizeBytes },
    ];
    const slots = new Slots()
      .set('contentType', contentType ?? 'application/octet-stream')
      .set('securityContext', draft.patientReference(subject))
      .set('_data', { extension: [{ url: storedContentUrl, extension: stored }] });
    draft.state({ resourceType: 'Binary', id, slots });
  }
  return { ...compact({ contentType }), url: `Binary/${id}`, size: sizeBytes, hash };
}
