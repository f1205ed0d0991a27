import { createHash } from 'node:crypto';
import type { ContentStore } from '@anamnesis/content';
import type { DetachedPart, StoredDocument } from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import { eachSlice } from './slices.js';
import { documentIn, formOf, isPlain, storedPieces } from './spelling.js';
import type { TakenValue } from './take-documents.js';

/**
 * Puts the values that were taken out of a message into the content store, each document once whatever it is sent with.
 * Resolves when all are durable, to what the message's header says of them. Throws `Unavailable('content')`.
 */
export async function storeValues(
  bytes: Uint8Array,
  { message, values }: { readonly message: Message; readonly values: readonly TakenValue[] },
  content: Pick<ContentStore, 'put'>,
): Promise<readonly DetachedPart[]> {
  const parts: DetachedPart[] = [];
  for (const taken of values) {
    const value = bytes.subarray(taken.start, taken.end);
    const form = taken.encoding === undefined ? 'as-sent' : await formOf(value, taken.encoding);
    const stored = await put(() => storedPieces(value, form), content);
    const document = form === 'as-sent' ? await otherDocument({ value, taken, stored, message }, content) : stored;
    const { at } = taken;
    parts.push({ at, sizeBytes: value.length, digest: stored.digest, form, ...(document && { document }) });
  }
  return parts;
}

interface AsSent {
  readonly value: Uint8Array;
  readonly taken: TakenValue;
  readonly stored: StoredDocument;
  readonly message: Message;
}

async function otherDocument(
  { value, taken: { encoding }, stored, message }: AsSent,
  content: Pick<ContentStore, 'put'>,
): Promise<StoredDocument | undefined> {
  if (encoding === undefined) return undefined;
  if (isPlain(value, encoding, message)) return stored;
  const document = documentIn(value, encoding, message);
  return document && put(() => [document], content);
}

async function put(pieces: () => Iterable<Uint8Array>, content: Pick<ContentStore, 'put'>): Promise<StoredDocument> {
  const [sha256, sha1] = [createHash('sha256'), createHash('sha1')];
  const sizeBytes = await eachSlice(pieces(), [sha256, sha1]);
  const digest = sha256.digest('hex');
  await content.put({ digest, sizeBytes, pieces });
  return { digest, sizeBytes, hash: sha1.digest('base64') };
}
