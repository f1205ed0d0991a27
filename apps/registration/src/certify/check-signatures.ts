import { type KeyObject, verify } from 'node:crypto';
import { signatureInput } from '@anamnesis/core';
import type { CheckedEvent } from './case.js';
import type { ReadEvent } from './read-event.js';

/**
 * Whether each event is signed with the key that it names: `keys` has those that are known, by serial number. What was signed
 * at once has one signature, which is checked once.
 */
export function checkSignatures(
  reads: readonly ReadEvent[],
  keys: ReadonlyMap<string, KeyObject>,
): readonly CheckedEvent[] {
  const known = new Map<string, boolean>();
  return reads.map((read) => ({ ...read, isSignatureValid: isSigned(read, keys, known) }));
}

function isSigned(
  { event: { signature }, signed }: ReadEvent,
  keys: ReadonlyMap<string, KeyObject>,
  known: Map<string, boolean>,
): boolean {
  const { algorithm, certificateSerial, value, tree } = signature;
  const key = keys.get(certificateSerial);
  const input = signatureInput(signed, tree);
  // `algorithm` is what the sender wrote: a type says ES256, the bytes may not.
  if (key === undefined || input === undefined || (algorithm as string) !== 'ES256') return false;
  const check = () => verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(value, 'base64url'));
  if (tree === undefined) return check();
  const name = [certificateSerial, value, Buffer.from(input).toString('latin1')].join(' ');
  const isValid = known.get(name) ?? check();
  known.set(name, isValid);
  return isValid;
}
