import { createHash } from 'node:crypto';
import type { Json, PatientIdentifier, StoredDocument } from '@anamnesis/core';
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
  const stored = [
    { url: 'digest', valueString: digest },
    { url: 'sizeBytes', valueDecimal: sizeBytes },
  ];
  const data = { _data: { extension: [{ url: storedContentUrl, extension: stored }] } };
  const url = binaryUrl({ digest, contentType, data }, { draft, subject });
  return { ...compact({ contentType }), url, size: sizeBytes, hash };
}

/** The same of a document that travels in its message, in base64: a Binary with its data, which no other resource repeats. */
export function stateSmallBinary(base64: string, contentType: string | undefined, place: DocumentPlace): Attachment {
  const bytes = Buffer.from(base64, 'base64');
  const digest = createHash('sha256').update(bytes).digest('hex');
  const url = binaryUrl({ digest, contentType, data: { data: base64 } }, place);
  const hash = createHash('sha1').update(bytes).digest('base64');
  return { ...compact({ contentType }), url, size: bytes.length, hash };
}

interface Document {
  readonly digest: string;
  readonly contentType: string | undefined;
  /** `data`, or what stands for it. */
  readonly data: Readonly<Record<string, Json>>;
}

function binaryUrl({ digest, contentType, data }: Document, { draft, subject }: DocumentPlace): string {
  const id = draft.resourceId('Binary', subject.system, JSON.stringify([subject.value, digest]));
  if (!draft.hasStated(id)) {
    const slots = new Slots()
      .set('contentType', contentType ?? 'application/octet-stream')
      .set('securityContext', draft.patientReference(subject));
    for (const [slot, value] of Object.entries(data)) slots.set(slot, value);
    draft.state({ resourceType: 'Binary', id, slots });
  }
  return `Binary/${id}`;
}
