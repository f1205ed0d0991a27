import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Digest,
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  MerkleTree,
  merkleRoot,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle.js';

// The definitions of RFC 6962 §2.1, word for word and without any cleverness: the second opinion.
const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const split = (n: number) => 2 ** (n - 1).toString(2).length / 2;

function naiveRoot(leaves: readonly Uint8Array[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha();
  if (leaves.length === 1) return sha(Buffer.of(0), only);
  const k = split(leaves.length);
  return sha(Buffer.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

function naivePath(m: number, leaves: readonly Uint8Array[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}

function naiveProof(m: number, leaves: readonly Uint8Array[], isWhole = true): Buffer[] {
  if (m === leaves.length) return isWhole ? [] : [naiveRoot(leaves)];
  const k = split(leaves.length);
  return m <= k
    ? [...naiveProof(m, leaves.slice(0, k), isWhole), naiveRoot(leaves.slice(k))]
    : [...naiveProof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const hexes = (digests: readonly Uint8Array[]) => digests.map(hex);
const leavesOf = (size: number) => Array.from({ length: size }, (_, n) => Buffer.from(`leaf ${n}`));
const sizes = Array.from({ length: 65 }, (_, size) => size);

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
const everyFlip = (bytes: Uint8Array) => Array.from({ length: bytes.length * 8 }, (_, bit) => flipped(bytes, bit));

/** Every way to flip one bit of one digest in a proof, and to lengthen or shorten it. */
function brokenProofs(proof: readonly Digest[]): Digest[][] {
  const flips = proof.flatMap((digest, n) => everyFlip(digest).map((other) => proof.with(n, other)));
  return [...flips, [...proof, emptyRoot()], ...(proof.length > 0 ? [proof.slice(1), proof.slice(0, -1)] : [])];
}

describe('Merkle tree', () => {
  it('gives the published roots of the certificate transparency test tree', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const bytes = leaves.map((leaf) => Buffer.from(leaf, 'hex'));
    const roots = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((size) => hex(merkleRoot(bytes.slice(0, size))));
    expect(roots).toEqual([
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  it.each(sizes)('agrees with the plain definition at size %i, and every leaf proves', (size) => {
    const leaves = leavesOf(size);
    const tree = new MerkleTree(leaves);
    const root = tree.root();
    expect(tree.size).toBe(size);
    expect(hex(root)).toBe(hex(naiveRoot(leaves)));
    for (const [index, leaf] of leaves.entries()) {
      const proof = tree.inclusionProof(index);
      expect(hexes(proof)).toEqual(hexes(naivePath(index, leaves)));
      expect(verifyInclusion({ leaf, index, size, proof, root })).toBe(true);
      expect(verifyInclusion({ leaf: { hash: leafHash(leaf) }, index, size, proof, root })).toBe(true);
    }
  });

  it.each(sizes)('refuses another leaf, index or root at size %i', (size) => {
    const leaves = leavesOf(size);
    const tree = new MerkleTree(leaves);
    const root = tree.root();
    for (const [index, leaf] of leaves.entries()) {
      const claim = { leaf, index, size, proof: tree.inclusionProof(index), root };
      const others = [-1, ...sizes.slice(0, size + 1)].filter((other) => other !== index);
      const wrong = [
        ...everyFlip(leaf).map((other) => ({ ...claim, leaf: other })),
        ...others.map((other) => ({ ...claim, index: other })),
        { ...claim, root: flipped(root, index) },
        { ...claim, leaf: { hash: root.subarray(1) } },
      ];
      expect(wrong.filter(verifyInclusion)).toEqual([]);
    }
  });

  it.each([1, 2, 3, 7, 8, 13])('refuses any flipped bit of path and root at size %i', (size) => {
    const leaves = leavesOf(size);
    const tree = new MerkleTree(leaves);
    for (const [index, leaf] of leaves.entries()) {
      const claim = { leaf, index, size, proof: tree.inclusionProof(index), root: tree.root() };
      const wrong = [
        ...everyFlip(claim.root).map((root) => ({ ...claim, root })),
        ...brokenProofs(claim.proof).map((proof) => ({ ...claim, proof })),
      ];
      expect(wrong.filter(verifyInclusion)).toEqual([]);
    }
  });

  it('refuses another size wherever that moves a leaf to another place; a size is signed, not proven', () => {
    for (const size of sizes.slice(1, 33)) {
      const leaves = leavesOf(size);
      const tree = new MerkleTree(leaves);
      for (const [index, leaf] of leaves.entries()) {
        const claim = { leaf, index, proof: tree.inclusionProof(index), root: tree.root() };
        const accepted = sizes.filter((other) => verifyInclusion({ ...claim, size: other }));
        const turns = turnsOf(index, size);
        expect(accepted).toEqual(sizes.filter((other) => index < other && turnsOf(index, other) === turns));
      }
    }
  });

  it('refuses numbers that are no index and no size', () => {
    const claim = { leaf: Buffer.of(1), index: 0, size: 1, proof: [], root: merkleRoot([Buffer.of(1)]) };
    expect(verifyInclusion(claim)).toBe(true);
    for (const wrong of [NaN, 0.5, -1, Infinity, 2 ** 53]) {
      expect(verifyInclusion({ ...claim, index: wrong })).toBe(false);
      expect(verifyInclusion({ ...claim, size: wrong })).toBe(false);
    }
  });

  it('never takes a node for a leaf', () => {
    const [a, b] = [Buffer.of(1), Buffer.of(2)];
    const root = merkleRoot([a, b]);
    expect(hex(root)).toBe(hex(nodeHash(leafHash(a), leafHash(b))));
    const posing = Buffer.concat([leafHash(a), leafHash(b)]);
    expect(verifyInclusion({ leaf: posing, index: 0, size: 1, proof: [], root })).toBe(false);
  });

  it('proves every tree up to 32 leaves consistent with every earlier one, and with no other', () => {
    const leaves = leavesOf(32);
    for (let second = 0; second <= 32; second++) {
      for (let first = 0; first <= second; first++) {
        const proof = consistencyProof(leaves, first, second);
        if (first > 0) expect(hexes(proof)).toEqual(hexes(naiveProof(first, leaves.slice(0, second))));
        const firstRoot = naiveRoot(leaves.slice(0, first));
        const claim = { first, second, firstRoot, secondRoot: naiveRoot(leaves.slice(0, second)), proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, firstRoot: flipped(firstRoot, second) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, emptyRoot()] })).toBe(false);
        if (first > 0) {
          expect(verifyConsistency({ ...claim, secondRoot: flipped(claim.secondRoot, first) })).toBe(false);
          expect(verifyConsistency({ ...claim, first: second, second: first })).toBe(first === second);
        }
      }
    }
  });

  it.each([
    [1, 2],
    [3, 7],
    [4, 8],
    [6, 13],
    [8, 13],
  ])('refuses any flipped bit of a consistency proof from %i to %i', (first, second) => {
    const leaves = leavesOf(second);
    const [firstRoot, secondRoot] = [merkleRoot(leaves.slice(0, first)), merkleRoot(leaves)];
    const broken = brokenProofs(consistencyProof(leaves, first, second));
    const accepted = broken.filter((proof) => verifyConsistency({ first, second, firstRoot, secondRoot, proof }));
    expect(accepted).toEqual([]);
  });

  it('refuses a history in which an earlier leaf was altered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), (second, a, b) => {
        const first = 1 + (a % (second - 1));
        const before = leavesOf(second);
        const after = before.with(b % first, Buffer.from('altered'));
        const claim = { first, second, firstRoot: merkleRoot(before.slice(0, first)), secondRoot: merkleRoot(after) };
        expect(verifyConsistency({ ...claim, proof: consistencyProof(after, first, second) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: consistencyProof(before, first, second) })).toBe(false);
      }),
    );
  });

  it('proves any leaf of any tree, and grows consistently', () => {
    const anyLeaves = fc.uniqueArray(fc.uint8Array({ maxLength: 64 }), { minLength: 1, maxLength: 300, selector: hex });
    fc.assert(
      fc.property(anyLeaves, fc.nat(), fc.nat(), (leaves, a, b) => {
        const tree = new MerkleTree(leaves);
        const [index, first] = [a % leaves.length, b % (leaves.length + 1)];
        const size = leaves.length;
        const claim = { index, size, proof: tree.inclusionProof(index), root: tree.root() };
        for (const [n, leaf] of leaves.entries()) expect(verifyInclusion({ ...claim, leaf })).toBe(n === index);
        const proof = tree.consistencyProof(first, size);
        const firstRoot = merkleRoot(leaves.slice(0, first));
        expect(verifyConsistency({ first, second: size, firstRoot, secondRoot: tree.root(), proof })).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('throws for leaves and trees that are not there', () => {
    const leaves = leavesOf(3);
    for (const index of [-1, 3, 0.5, NaN]) expect(() => inclusionProof(leaves, index)).toThrow(RangeError);
    expect(() => inclusionProof([], 0)).toThrow(RangeError);
    expect(() => consistencyProof(leaves, 2, 4)).toThrow(RangeError);
    expect(() => consistencyProof(leaves, 3, 2)).toThrow(RangeError);
    expect(() => consistencyProof(leaves, -1, 2)).toThrow(RangeError);
  });
});

/** Left and right turns from the root down to the leaf: all that a path can tell of the size. */
function turnsOf(index: number, size: number): string {
  if (size === 1) return '';
  const k = split(size);
  return index < k ? `${turnsOf(index, k)}L` : `${turnsOf(index - k, size - k)}R`;
}
