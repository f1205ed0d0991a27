import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type EventSignature,
  parseEventSignature,
  signatureInput,
  type SignedPlace,
  signTogether,
  treeToSign,
} from './event-signature.js';
import { leafHash, nodeHash } from './merkle.js';

const events = (count: number) => Array.from({ length: count }, (_, at) => Buffer.from(`{"id":"${at}"}`, 'utf8'));
const hexOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

describe('the signature of events that were signed at once', () => {
  it('is over the event itself where it was signed alone', () => {
    const [event = Buffer.alloc(0)] = events(1);
    expect(signatureInput(event)).toBe(event);
  });

  it('is over the number of events and the root of their tree, which no event can be taken for', () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = events(2);
    const root = Buffer.from(nodeHash(leafHash(first), leafHash(second))).toString('hex');
    expect(Buffer.from(treeToSign([first, second]).input).toString()).toBe(`anamnesis/signed-events/1\n2\n${root}`);
    expect(treeToSign([first, second]).places[1]).toEqual({
      ...{ index: 1, size: 2, auditPath: Buffer.from(leafHash(first)).toString('base64url') },
    });
  });

  const count = fc.integer({ min: 1, max: 70 });

  it('is the same for each of them at its own place, and at no other', () => {
    fc.assert(
      fc.property(count, fc.nat(), fc.nat(), (size, one, other) => {
        const signed = events(size);
        const { input, places } = treeToSign(signed);
        const [at, elsewhere] = [one % size, other % size];
        const found = signatureInput(signed[at] ?? Buffer.alloc(0), places[elsewhere]);
        expect(hexOf(found) === hexOf(input)).toBe(at === elsewhere);
        expect(places).toHaveLength(size);
      }),
    );
  });

  it('is that of no event that was not there, and of none at a place that was altered', () => {
    const altered: ((place: SignedPlace) => SignedPlace)[] = [
      (place) => ({ ...place, index: place.index + 1 }),
      (place) => ({ ...place, size: place.size + 1 }),
      (place) => ({ ...place, size: 0 }),
      (place) => ({ ...place, index: -1 }),
      (place) => ({ ...place, index: 0.5 }),
      (place) => ({ ...place, auditPath: `${place.auditPath}AAAA` }),
      (place) => ({ ...place, auditPath: place.auditPath + Buffer.alloc(32).toString('base64url') }),
      (place) => ({ ...place, auditPath: place.auditPath.slice(43) }),
      (place) => ({ ...place, auditPath: place.auditPath.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')) }),
    ];
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.constantFrom(...altered), (size, one, alter) => {
        const signed = events(size);
        const { input, places } = treeToSign(signed);
        const at = one % size;
        const [event = Buffer.alloc(0), place] = [signed[at], places[at]];
        if (place === undefined) throw new Error('no place');
        expect(hexOf(signatureInput(event, alter(place)))).not.toBe(hexOf(input));
        expect(hexOf(signatureInput(Buffer.from('{"id":"new"}'), place))).not.toBe(hexOf(input));
      }),
    );
  });

  it.each([0, 1, 2, 32, 33, 70])('is there for each of %i, which are signed together as far as may be', (count) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signed = events(count);
    const signatures = signTogether(signed, { key: privateKey, certificateSerial: '1' });
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const isValid = ({ value, tree }: EventSignature, at: number) =>
      verify(
        'sha256',
        signatureInput(signed[at] ?? Buffer.alloc(0), tree) ?? Buffer.alloc(0),
        key,
        Buffer.from(value, 'base64url'),
      );
    expect(signatures.map(isValid)).toEqual(signed.map(() => true));
    expect(new Set(signatures.map(({ value }) => value)).size).toBe(Math.ceil(count / 32));
    expect(signatures.filter(({ tree }) => tree === undefined)).toHaveLength(count % 32 === 1 ? 1 : 0);
  });

  it('is of something', () => {
    expect(() => treeToSign([])).toThrow(RangeError);
  });

  it.each([
    ['algorithm is not a text', { certificateSerial: '1', value: 'A' }],
    ['tree is not an object', { algorithm: 'ES256', certificateSerial: '1', value: 'A', tree: null }],
    [
      'size is not an integer',
      { algorithm: 'ES256', certificateSerial: '1', value: 'A', tree: { index: 0, size: '2', auditPath: '' } },
    ],
    [
      'auditPath is not a text',
      { algorithm: 'ES256', certificateSerial: '1', value: 'A', tree: { index: 0, size: 2 } },
    ],
  ])('cannot be read where %s', (reason, signature) => {
    expect(() => {
      parseEventSignature(signature);
    }).toThrow(expect.objectContaining({ code: 'invalid-event', message: reason }));
  });
});
