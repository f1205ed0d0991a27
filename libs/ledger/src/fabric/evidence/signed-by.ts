import { verify } from 'node:crypto';
import { protos } from '../protos.js';
import { whyNotCertified } from '../trust/certified.js';
import type { FabricRole, FabricTrust } from '../trust/fabric-trust.js';
import { readCertificate } from '../trust/read-certificate.js';
import { decoded, demand, type FabricMismatch } from './demand.js';

export interface Signed {
  /** Serialized identity: MSP id and certificate. */
  readonly signer: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Expected {
  readonly trust: FabricTrust;
  readonly role: FabricRole;
  readonly at: Date;
  /** Said when it is not so. */
  readonly reason: FabricMismatch;
}

/** MSP id of who signed, provided that the signature holds and the certificate is one of that organisation in that role. */
export function signedBy({ signer, message, signature }: Signed, { trust, role, at, reason }: Expected): string {
  const identity = decoded(() => protos().msp.SerializedIdentity.deserializeBinary(signer));
  const certificate = decoded(() => readCertificate(Buffer.from(identity.getIdBytes_asU8())));
  const isSigned = decoded(() => verify('sha256', message, certificate.publicKey, signature));
  demand(isSigned, reason, 'the signature does not hold');
  const mspId = identity.getMspid();
  const objection = decoded(() => whyNotCertified(trust, certificate, { mspId, role, at }));
  demand(objection === undefined, reason, `signed with a certificate ${objection ?? ''}`);
  return mspId;
}
