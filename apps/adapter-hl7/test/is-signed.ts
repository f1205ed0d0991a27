import { type KeyObject, verify } from 'node:crypto';
import { type ReceivedEvent, signatureInput, signedBytes } from '@anamnesis/core';

/** Whether the event's signature, alone or at its place in a tree, is by this key over this event. */
export function isSigned(event: ReceivedEvent, publicKey: KeyObject): boolean {
  const { value, tree } = event.signature;
  const input = signatureInput(signedBytes(event), tree);
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return input !== undefined && verify('sha256', input, key, Buffer.from(value, 'base64url'));
}
