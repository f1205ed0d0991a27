import { sign } from 'node:crypto';
import { type Certification, certifiedBytes, commitment, leafKey, type SignedCertification } from '@anamnesis/core';
import type { SigningIdentity } from '../certificates/open-identities.js';
import type { Case } from './case.js';

/** Of the rules in `judge.ts`; grows when one of them changes. */
export const policyVersion = 1;

export interface Sealing {
  readonly signing: SigningIdentity;
  /** Of the patient record, or of the source for messages without a patient. */
  readonly secret: Uint8Array;
  readonly decidedAt: string;
  /** Of the patient record; undefined for messages without a patient. */
  readonly ordinal: number | undefined;
}

/** Makes and signs the certification of an event that passed. */
export function certifyEvent(one: Case, { signing, secret, decidedAt, ordinal }: Sealing): Certification {
  const { event, recordKey, headerDigest, appendedAt, generation } = one;
  const leaf = commitment(leafKey(secret, event.id), event.id, Buffer.from(event.raw.digest, 'hex'));
  const signed: SignedCertification = {
    eventId: event.id,
    headerDigest,
    policyVersion,
    decidedAt,
    appendedAt,
    generation,
    ...(event.subject !== undefined && ordinal !== undefined && { person: { recordKey, recordOrdinal: ordinal } }),
    recordKey,
    leaf: Buffer.from(leaf).toString('hex'),
  };
  const signature = sign('sha256', certifiedBytes(signed), { key: signing.key, dsaEncoding: 'ieee-p1363' });
  return {
    ...signed,
    signature: { algorithm: 'ES256', certificateSerial: signing.serial, value: signature.toString('base64url') },
  };
}
