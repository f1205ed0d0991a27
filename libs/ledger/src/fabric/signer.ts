import { type KeyObject, sign } from 'node:crypto';
import type { Signer } from '@hyperledger/fabric-gateway';

/** Order of the curve P-256. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const half = order >> 1n;

/**
 * Signs with the native crypto of Node, about ten times as fast as the SDK's own signer in JavaScript. It hashes by
 * itself: connect with `hash.none`. Fabric refuses a signature whose s is in the upper half.
 */
export function nativeSigner(key: KeyObject): Signer {
  return (message) => Promise.resolve(lowS(sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })));
}

/** r and s of 32 bytes each as DER, s in the lower half. */
export function lowS(signature: Buffer): Buffer {
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const low = s > half ? Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex') : signature.subarray(32);
  const body = Buffer.concat([derInteger(signature.subarray(0, 32)), derInteger(low)]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

function derInteger(big: Buffer): Buffer {
  const first = big.findIndex((byte) => byte !== 0);
  const digits = big.subarray(first);
  // A high first bit would make it negative.
  const body = (digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
  return Buffer.concat([Buffer.of(0x02, body.length), body]);
}
