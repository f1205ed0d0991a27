import { hash } from 'node:crypto';

/**
 * Merkle trees, inclusion and consistency proofs: RFC 6962 §2.1, with the verification of RFC 9162 §2.1.3.2 and
 * §2.1.4.2. SHA-256; a leaf is hashed behind 0x00 and a node behind 0x01, so that neither can pass for the other.
 */

/** 32 bytes: a SHA-256. */
export type Digest = Uint8Array;

export const digestBytes = 32;

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** The stored hash of the complete subtree number `position` (from 0) of 2^`level` leaves. Level 0 are the leaf hashes. */
export type NodeAt = (level: number, position: number) => Digest;

/** Root of a tree without leaves: SHA-256 of nothing. */
export function emptyRoot(): Digest {
  return sha256(Buffer.alloc(0));
}

export function leafHash(leaf: Uint8Array): Digest {
  return sha256(Buffer.concat([leafPrefix, leaf]));
}

export function nodeHash(left: Digest, right: Digest): Digest {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

/** A tree in memory: every hash is made once, whatever number of roots and proofs is asked for. */
export class MerkleTree {
  readonly #levels: readonly (readonly Digest[])[];

  constructor(leaves: readonly Uint8Array[]) {
    const levels = [leaves.map(leafHash)];
    for (let below = levels[0] ?? []; below.length > 1; below = levels.at(-1) ?? []) levels.push(pairs(below));
    this.#levels = levels;
  }

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  root(): Digest {
    return rootOver(this.size, this.#nodeAt);
  }

  /** Throws `RangeError` when there is no such leaf. */
  inclusionProof(index: number): readonly Digest[] {
    return inclusionProofOver({ index, size: this.size }, this.#nodeAt);
  }

  /** From the tree of the `first` leaves to that of the `second` leaves. Throws `RangeError` unless 0 ≤ first ≤ second ≤ size. */
  consistencyProof(first: number, second: number): readonly Digest[] {
    demandRange(second <= this.size, `a tree of ${second} leaves is not in one of ${this.size}`);
    return consistencyProofOver({ first, second }, this.#nodeAt);
  }

  readonly #nodeAt: NodeAt = (level, position) => {
    const node = this.#levels[level]?.[position];
    if (node === undefined) throw new RangeError(`no node ${position} at level ${level}`);
    return node;
  };
}

/** RFC 6962 §2.1. */
export function merkleRoot(leaves: readonly Uint8Array[]): Digest {
  return new MerkleTree(leaves).root();
}

/** RFC 6962 §2.1.1: the siblings from the leaf up to the root. For many proofs of one tree use `MerkleTree`. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): readonly Digest[] {
  return new MerkleTree(leaves).inclusionProof(index);
}

/** RFC 6962 §2.1.2. Empty when the sizes are equal or `first` is 0. */
export function consistencyProof(leaves: readonly Uint8Array[], first: number, second: number): readonly Digest[] {
  return new MerkleTree(leaves).consistencyProof(first, second);
}

/** Root of the first `size` leaves, from O(log size) stored hashes of complete subtrees. */
export function rootOver(size: number, at: NodeAt): Digest {
  demandRange(isCount(size), 'size is not a number of leaves');
  return size === 0 ? emptyRoot() : hashOf({ start: 0, count: size }, at);
}

/** As `inclusionProof`, over hashes stored elsewhere. */
export function inclusionProofOver({ index, size }: { index: number; size: number }, at: NodeAt): readonly Digest[] {
  demandRange(isCount(index) && isCount(size) && index < size, `no leaf ${index} in a tree of ${size}`);
  const proof: Digest[] = [];
  let range: Range = { start: 0, count: size };
  while (range.count > 1) {
    const [left, right] = halves(range);
    const isLeft = index < right.start;
    proof.push(hashOf(isLeft ? right : left, at));
    range = isLeft ? left : right;
  }
  return proof.reverse();
}

/** As `consistencyProof`, over hashes stored elsewhere. */
export function consistencyProofOver(sizes: { first: number; second: number }, at: NodeAt): readonly Digest[] {
  const { first, second } = sizes;
  demandRange(isCount(first) && isCount(second) && first <= second, `a tree of ${first} is not in one of ${second}`);
  if (first === 0 || first === second) return [];
  const proof: Digest[] = [];
  let range: Range = { start: 0, count: second };
  while (range.start + range.count !== first) {
    const [left, right] = halves(range);
    const isLeft = first <= right.start;
    proof.push(hashOf(isLeft ? right : left, at));
    range = isLeft ? left : right;
  }
  // The verifier has this one already when it is the whole first tree.
  if (range.start > 0) proof.push(hashOf(range, at));
  return proof.reverse();
}

export interface InclusionClaim {
  /** The leaf itself, or its hash. */
  readonly leaf: Uint8Array | { readonly hash: Digest };
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Digest[];
  readonly root: Digest;
}

/**
 * Whether the leaf is at `index` of the tree with that size and root (RFC 9162 §2.1.3.2). False for anything malformed;
 * never throws. The root does not commit to the size: take both from one signed statement.
 */
export function verifyInclusion({ leaf, index, size, proof, root }: InclusionClaim): boolean {
  const found = rootOfInclusion({ leaf, index, size, proof });
  return found !== undefined && isSame(found, root);
}

/** The root of the tree with that size in which the leaf is at `index`. Undefined for anything malformed; never throws. */
export function rootOfInclusion({ leaf, index, size, proof }: Omit<InclusionClaim, 'root'>): Digest | undefined {
  const start = leaf instanceof Uint8Array ? leafHash(leaf) : leaf.hash;
  if (!isCount(index) || !isCount(size) || index >= size || ![start, ...proof].every(isDigest)) return undefined;
  return walk({ at: index, last: size - 1 }, proof)?.reduce(joined, start);
}

export interface ConsistencyClaim {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Digest;
  readonly secondRoot: Digest;
  readonly proof: readonly Digest[];
}

/**
 * Whether the second tree begins with the whole first tree (RFC 9162 §2.1.4.2). An empty first tree must have the empty
 * root. False for anything malformed; never throws.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { first, second, firstRoot, secondRoot, proof } = claim;
  if (!isCount(first) || !isCount(second) || first > second) return false;
  if (![firstRoot, secondRoot, ...proof].every(isDigest)) return false;
  if (first === second) return proof.length === 0 && isSame(firstRoot, secondRoot);
  if (first === 0) return proof.length === 0 && isSame(firstRoot, emptyRoot());
  return growsFrom(claim);
}

function growsFrom({ first, second, firstRoot, secondRoot, proof }: ConsistencyClaim): boolean {
  const [seed, ...siblings] = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof;
  let place = { at: first - 1, last: second - 1 };
  while (place.at % 2 === 1) place = parent(place);
  const path = walk(place, siblings);
  if (seed === undefined || path === undefined) return false;
  // Only what stands to the left was there when the first tree ended.
  const inFirst = path.filter(({ isLeft }) => isLeft).reduce(joined, seed);
  return isSame(inFirst, firstRoot) && isSame(path.reduce(joined, seed), secondRoot);
}

/** A node on its way up: its number in its level, and the number of the last node there. */
interface Place {
  readonly at: number;
  readonly last: number;
}

interface Sibling {
  readonly hash: Digest;
  /** It is hashed before the node that it joins. */
  readonly isLeft: boolean;
}

/** Gives every sibling its side on the way from `place` to the root; undefined when there are too many or too few. */
function walk(place: Place, siblings: readonly Digest[]): readonly Sibling[] | undefined {
  const path: Sibling[] = [];
  let here = place;
  for (const hash of siblings) {
    if (here.last === 0) return undefined;
    const isLeft = here.at % 2 === 1 || here.at === here.last;
    // Past the levels at which a last node stands alone.
    while (isLeft && here.at % 2 === 0) here = parent(here);
    here = parent(here);
    path.push({ hash, isLeft });
  }
  return here.last === 0 ? path : undefined;
}

const parent = ({ at, last }: Place): Place => ({ at: Math.floor(at / 2), last: Math.floor(last / 2) });
const joined = (node: Digest, { hash, isLeft }: Sibling) => (isLeft ? nodeHash(hash, node) : nodeHash(node, hash));

interface Range {
  readonly start: number;
  readonly count: number;
}

/** Hash over a range of leaves as the tree splits them: `start` is always a multiple of the power of two above `count`. */
function hashOf({ start, count }: Range, at: NodeAt): Digest {
  if (isPowerOfTwo(count)) return at(Math.log2(count), start / count);
  const [left, right] = halves({ start, count });
  return nodeHash(hashOf(left, at), hashOf(right, at));
}

/** The left half is the largest power of two that is smaller than the range. */
function halves({ start, count }: Range): readonly [Range, Range] {
  let left = 1;
  while (left * 2 < count) left *= 2;
  return [
    { start, count: left },
    { start: start + left, count: count - left },
  ];
}

function pairs(below: readonly Digest[]): Digest[] {
  const above: Digest[] = [];
  let left: Digest | undefined;
  for (const hash of below) {
    if (left === undefined) left = hash;
    else {
      above.push(nodeHash(left, hash));
      left = undefined;
    }
  }
  return above;
}

/** In one call: an object for each hash would cost as much again. */
function sha256(bytes: Uint8Array): Digest {
  return hash('sha256', bytes, 'buffer');
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
const isDigest = (bytes: Digest) => bytes.length === digestBytes;
const isSame = (one: Digest, other: Digest) => Buffer.compare(one, other) === 0;

/** By arithmetic: bit operators end at 2^31. */
function isPowerOfTwo(value: number): boolean {
  let power = 1;
  while (power < value) power *= 2;
  return power === value;
}

function demandRange(isInside: boolean, message: string): asserts isInside {
  if (!isInside) throw new RangeError(message);
}
