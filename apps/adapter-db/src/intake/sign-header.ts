import { sign } from 'node:crypto';
import { type EventSignature, signedBytes, type SignedHeader } from '@anamnesis/core';
import type { SigningIdentity } from '@anamnesis/runtime';

/** Signs on the threads of Node's pool: many at once, while this thread makes the next events. */
export function signHeader(header: SignedHeader, identity: SigningIdentity): Promise<EventSignature> {
  const { key, certificateSerial } = identity;
  return new Promise((resolve, reject) => {
    sign('sha256', signedBytes(header), { key, dsaEncoding: 'ieee-p1363' }, (problem, value) => {
      if (problem === null) resolve({ algorithm: 'ES256', certificateSerial, value: value.toString('base64url') });
      else reject(problem);
    });
  });
}
