import { Rejected } from './errors.js';
import { type Fields, fieldsOf, hexOf, integerOf, listOf, textOf } from './parse-fields.js';

/** How what is stored of a value becomes the value as sent again. */
export const detachedForms = ['as-sent', 'base64', 'hex', 'hex-upper'] as const;

/**
 * `as-sent`: the stored bytes are the value. Else the document itself is stored, and the value is its one spelling in
 * base64 (RFC 4648 §4, no line breaks) or in hexadecimal digits.
 */
export type DetachedForm = (typeof detachedForms)[number];

/** A document as its receiver opens it, in the content store. */
export interface StoredDocument {
  /** SHA-256, lower-case hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** SHA-1, base64: what FHIR's `Attachment.hash` is. */
  readonly hash: string;
}

/** A value that was taken out of a message: its bytes stand in the content store under their digest. */
export interface DetachedPart {
  /** Where it belongs: offset in the bytes that are left, which have nothing in its place. */
  readonly at: number;
  /** As sent. */
  readonly sizeBytes: number;
  /** SHA-256 of what is stored for it, lower-case hex. */
  readonly digest: string;
  readonly form: DetachedForm;
  /** What the value encodes; absent where it is no document. Another object than `digest` where the value has a spelling of its own. */
  readonly document?: StoredDocument;
}

/** Reads `raw.detached`. Throws `Rejected('invalid-event')`. */
export function parseDetached(raw: Fields): readonly DetachedPart[] {
  // One without the other: the bytes beside the header would be called all of the message, and have another digest.
  if (raw['detached'] === undefined && raw['bodyDigest'] === undefined) return [];
  hexOf(raw, 'bodyDigest', 32);
  const parts = listOf(raw, 'detached').map((one) => parsePart(fieldsOf(one, 'detached')));
  if (parts.length === 0) throw new Rejected('invalid-event', 'detached is empty');
  const isInOrder = parts.every(({ at }, index) => at > (parts[index - 1]?.at ?? -1));
  if (!isInOrder) throw new Rejected('invalid-event', 'detached is not in the order of the message');
  return parts;
}

function parsePart(part: Fields): DetachedPart {
  for (const field of ['at', 'sizeBytes']) integerOf(part, field);
  hexOf(part, 'digest', 32);
  const isForm = (detachedForms as readonly string[]).includes(textOf(part, 'form'));
  if (!isForm) throw new Rejected('invalid-event', 'form is none that is known');
  if (part['document'] !== undefined) {
    const document = fieldsOf(part['document'], 'document');
    hexOf(document, 'digest', 32);
    integerOf(document, 'sizeBytes');
    textOf(document, 'hash');
  }
  return part as unknown as DetachedPart;
}

/** Digests of every object that the parts need, each once. */
export function contentDigestsOf(parts: readonly DetachedPart[]): readonly string[] {
  return [...new Set(parts.flatMap(({ digest, document }) => [digest, ...(document ? [document.digest] : [])]))];
}
