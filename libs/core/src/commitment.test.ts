import { createHash, hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { commitment, leafKey } from './commitment.js';
import { eventId } from './event-id.js';

const digest = createHash('sha256').update('MSH|').digest();
const idOf = (ordinal: number) =>
  eventId(Buffer.alloc(32, 1), { facility: 'F', application: 'A', messageId: '1', rawDigest: digest, ordinal });

describe('commitment', () => {
  it('is the same for a redelivery and another for every event, record and content', () => {
    const secret = Buffer.alloc(32, 2);
    const make = (record: Uint8Array, ordinal: number, bytes: Uint8Array) =>
      Buffer.from(commitment(leafKey(record, idOf(ordinal)), idOf(ordinal), bytes)).toString('hex');
    const first = make(secret, 0, digest);
    expect(make(secret, 0, digest)).toBe(first);
    const others = [make(secret, 1, digest), make(Buffer.alloc(32, 3), 0, digest), make(secret, 0, Buffer.alloc(32))];
    expect(new Set([first, ...others]).size).toBe(4);
  });

  it('shows no digest of the message', () => {
    const leaf = commitment(leafKey(Buffer.alloc(32, 2), idOf(0)), idOf(0), digest);
    expect(Buffer.from(leaf).equals(digest)).toBe(false);
    expect(Buffer.from(leaf).equals(createHash('sha256').update(digest).digest())).toBe(false);
  });

  it('opens with the leaf key of its own event only', () => {
    const secret = Buffer.alloc(32, 2);
    expect(leafKey(secret, idOf(0))).not.toEqual(leafKey(secret, idOf(1)));
    expect(leafKey(secret, idOf(0))).toHaveLength(32);
  });

  it('has the leaf key that HKDF-SHA-256 gives', () => {
    const secret = Buffer.alloc(32, 2);
    const expected = hkdfSync('sha256', secret, new Uint8Array(0), `anamnesis/leaf/v1/${idOf(0)}`, 32);
    expect(Buffer.from(leafKey(secret, idOf(0)))).toEqual(Buffer.from(expected));
  });
});
