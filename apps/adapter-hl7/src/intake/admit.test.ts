import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '@anamnesis/hl7v2';
import { messageOf, type Said } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import type { Peer } from '../mllp/block.js';
import { admit } from './admit.js';

const header = (said: Said = {}) => parseMessage(Buffer.from(messageOf(said))).header;
const hyd = { facility: 'HYD', application: 'REG' };
const from = (address: string): Peer => ({ address });
const code = (refusal: ReturnType<typeof admit>) =>
  refusal === undefined ? undefined : `${refusal.kind} ${refusal.condition.code}`;

describe('admit', () => {
  it('takes what the source may send', () => {
    expect(admit(header(), sourceOf(hyd), from('10.0.0.1'))).toBeUndefined();
  });

  it('refuses a suspended source', () => {
    expect(code(admit(header(), sourceOf(hyd, { state: 'suspended' }), from('10.0.0.1')))).toBe('reject 207');
  });

  it.each([
    ['10.1.2.3', ['10.0.0.0/8'], undefined],
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], undefined],
    ['11.1.2.3', ['10.0.0.0/8'], 'reject 207'],
    ['192.168.1.7', ['10.0.0.0/8', '192.168.1.7'], undefined],
    ['2001:db8::1', ['2001:db8::/32'], undefined],
    ['2001:db9::1', ['2001:db8::/32'], 'reject 207'],
    ['', ['10.0.0.0/8'], 'reject 207'],
  ])('judges the address %p against %p', (address, addresses, expected) => {
    expect(code(admit(header(), sourceOf(hyd, { addresses }), from(address)))).toBe(expected);
  });

  it.each([
    ['2.1', undefined],
    ['2.3.1', undefined],
    ['2.9', undefined],
    ['3.0', 'reject 203'],
    ['2.51', 'reject 203'],
    ['', 'reject 203'],
    ['2', 'reject 203'],
  ])('takes version %p: %p (T2)', (version, expected) => {
    expect(code(admit(header({ version }), sourceOf(hyd), from('')))).toBe(expected);
  });

  it.each([
    ['P', true, undefined],
    ['T', true, undefined],
    ['', true, undefined],
    ['', false, 'reject 202'],
    ['D', false, 'reject 202'],
    ['X', true, 'reject 202'],
  ])('takes processing id %p of an open source (%p): %p', (processingId, isOpen, expected) => {
    const source = sourceOf(hyd, { isOpen, processingIds: isOpen ? ['P', 'T', 'D'] : ['P'] });
    expect(code(admit(header({ processingId }), source, from('')))).toBe(expected);
  });

  it.each([
    ['testing', 'T', undefined],
    ['testing', 'D', undefined],
    ['testing', '', 'reject 202'],
    ['testing', 'X', 'reject 202'],
    ['certified', 'T', 'reject 202'],
    ['draft', 'P', 'reject 207'],
  ] as const)('takes from a source in phase %p processing id %p: %p', (phase, processingId, expected) => {
    const source = sourceOf(hyd, { phase, isOpen: false, processingIds: ['P'] });
    expect(code(admit(header({ processingId }), source, from('')))).toBe(expected);
  });

  it.each([
    ['ADT^A08', ['ADT^A08'], undefined],
    ['ADT^A08', ['ADT^*'], undefined],
    ['ADT^A08', ['ADT^A01'], 'reject 201'],
    ['ORU^R01', ['ADT^*'], 'reject 200'],
    ['ZZZ^Z01', [], undefined],
    ['', [], 'reject 200'],
    [`ZZZ^Z01^${'X'.repeat(33)}`, [], 'reject 200'],
  ])('takes type %p where %p is permitted: %p', (type, messageTypes, expected) => {
    expect(code(admit(header({ type }), sourceOf(hyd, { messageTypes }), from('')))).toBe(expected);
  });
});
