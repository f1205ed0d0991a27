import { type KeyObject, sign } from 'node:crypto';
import { type Digest, digestBytes, MerkleTree, rootOfInclusion } from './merkle.js';
import { type Fields, fieldsOf, integerOf, textOf } from './parse-fields.js';

/** Where an event stands among those that were signed at once. */
export interface SignedPlace {
  /** From 0. */
  readonly index: number;
  /** Events that were signed at once. */
  readonly size: number;
  /** RFC 6962 audit path from the event to the root: 32 bytes for each hash, all as one in base64url. */
  readonly auditPath: string;
}

export interface EventSignature {
  readonly algorithm: 'ES256';
  /** Serial number of the signing certificate, lower-case hex. */
  readonly certificateSerial: string;
  /** ECDSA P-256 with SHA-256 over `signatureInput`, IEEE P1363 form, base64url. */
  readonly value: string;
  /** Absent: the event was signed alone. */
  readonly tree?: SignedPlace;
}

/**
 * What `value` of a signature is over: the event itself (`signedBytes`), or the root of the Merkle tree (RFC 6962 §2.1) whose
 * leaves are the events that were signed at once. Undefined when the place is none in a tree of that size.
 */
export function signatureInput(signed: Uint8Array, tree?: SignedPlace): Uint8Array | undefined {
  if (tree === undefined) return signed;
  const { index, size, auditPath } = tree;
  const root = rootOfInclusion({ leaf: signed, index, size, proof: hashesIn(auditPath) });
  return root && rootBytes(root, size);
}

/** Events to be signed at once: one signature over `input` is the signature of each, at its place. */
export interface SignedTree {
  readonly input: Uint8Array;
  /** By event. */
  readonly places: readonly SignedPlace[];
}

/** Throws `RangeError` when there is nothing to sign. */
export function treeToSign(signed: readonly Uint8Array[]): SignedTree {
  if (signed.length === 0) throw new RangeError('nothing to sign');
  const tree = new MerkleTree(signed);
  const size = tree.size;
  const places = signed.map((_, index) => {
    const auditPath = Buffer.concat(tree.inclusionProof(index)).toString('base64url');
    return { index, size, auditPath };
  });
  return { input: rootBytes(tree.root(), size), places };
}

/** Whose signature it is. */
export interface EventSigner {
  /** ECDSA P-256. */
  readonly key: KeyObject;
  /** Of the certificate for this key, lower-case hex. */
  readonly certificateSerial: string;
}

/** Under one signature at most: each event carries the path of its tree, a hash for every doubling. */
const signedTogetherMax = 32;

/** A signature for each event, in their order: as many as may be are signed at once. `signed` are their `signedBytes`. */
export function signTogether(signed: readonly Uint8Array[], signer: EventSigner): readonly EventSignature[] {
  const signatures: EventSignature[] = [];
  for (let at = 0; at < signed.length; at += signedTogetherMax) {
    const together = signed.slice(at, at + signedTogetherMax);
    const [only, ...others] = together;
    if (only !== undefined && others.length === 0) signatures.push(signatureOver(only, signer));
    else {
      const { input, places } = treeToSign(together);
      const signature = signatureOver(input, signer);
      for (const tree of places) signatures.push({ ...signature, tree });
    }
  }
  return signatures;
}

function signatureOver(input: Uint8Array, { key, certificateSerial }: EventSigner): EventSignature {
  const value = sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });
  return { algorithm: 'ES256', certificateSerial, value: value.toString('base64url') };
}

function hashesIn(auditPath: string): readonly Digest[] {
  const bytes = Buffer.from(auditPath, 'base64url');
  const hashes: Digest[] = [];
  for (let at = 0; at < bytes.length; at += digestBytes) hashes.push(bytes.subarray(at, at + digestBytes));
  return hashes;
}

/** No event begins like this: each is a JSON object. */
function rootBytes(root: Digest, size: number): Uint8Array {
  return Buffer.from(`anamnesis/signed-events/1\n${size}\n${Buffer.from(root).toString('hex')}`, 'ascii');
}

/** Throws `Rejected('invalid-event')`, naming the member. */
export function parseEventSignature(value: unknown): void {
  const signature = fieldsOf(value, 'signature');
  for (const field of ['algorithm', 'certificateSerial', 'value']) textOf(signature, field);
  if (signature['tree'] !== undefined) parsePlace(fieldsOf(signature['tree'], 'tree'));
}

function parsePlace(tree: Fields): void {
  integerOf(tree, 'index');
  integerOf(tree, 'size');
  textOf(tree, 'auditPath');
}
