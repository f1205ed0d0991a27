import { sign } from 'node:crypto';
import type { BusRecord } from '@anamnesis/bus';
import { type EventSignature, signedBytes, type SignedHeader } from '@anamnesis/core';
import type { SigningIdentity } from '@anamnesis/runtime';
import type { UnsignedEvent } from './compose-row-events.js';

/**
 * The events as records for `clinical.received`, each signed by the source's key, on the threads of Node's pool. Many at
 * once: one after the other a signature takes half of what it takes amid other work, as its tables stay at hand.
 */
export function signEvents(events: readonly UnsignedEvent[], identity: SigningIdentity): Promise<readonly BusRecord[]> {
  return Promise.all(
    events.map(async ({ key, header, resources, body }) => {
      const signature = await signatureOf(header, identity);
      return { key, header: { ...header, signature, resources }, body };
    }),
  );
}

function signatureOf(header: SignedHeader, { key, certificateSerial }: SigningIdentity): Promise<EventSignature> {
  return new Promise((resolve, reject) => {
    sign('sha256', signedBytes(header), { key, dsaEncoding: 'ieee-p1363' }, (problem, value) => {
      if (problem === null) resolve({ algorithm: 'ES256', certificateSerial, value: value.toString('base64url') });
      else reject(problem);
    });
  });
}
