import { createPrivateKey, type KeyObject } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { nativeSigner } from '../signer.js';
import type { Identity } from './organisation.js';

const keys = new WeakMap<Identity, KeyObject>();

/** Somebody who signs: a peer or an orderer. */
export interface Member {
  readonly mspId: string;
  identity: Identity;
}

export function serialized({ mspId, identity }: Member): Buffer {
  const message = new msp.SerializedIdentity();
  message.setMspid(mspId);
  message.setIdBytes(Buffer.from(identity.certificate));
  return Buffer.from(message.serializeBinary());
}

export function signedBy({ identity }: Member, message: Uint8Array): Promise<Uint8Array> {
  const key = keys.get(identity) ?? createPrivateKey(identity.privateKey);
  keys.set(identity, key);
  return nativeSigner(key)(message);
}
