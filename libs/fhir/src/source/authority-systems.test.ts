import { describe, expect, it } from '@jest/globals';
import type { AuthorityFact, SourceFact } from '@anamnesis/core';
import { isOwnAuthority, systemOf } from './authority-systems.js';

const sourceOf = (more: Partial<SourceFact> = {}): SourceFact => ({
  kind: 'source',
  id: 'a'.repeat(16),
  facility: 'HYD East',
  application: 'REG',
  state: 'active',
  isOpen: false,
  addresses: [],
  authorityByNamespace: {},
  messageTypes: [],
  processingIds: ['P'],
  acknowledgement: 'auto',
  closesWhenUnavailable: false,
  ...more,
});
const authority = (namespaceId = '', universalId = '', universalIdType = '') => ({
  namespaceId,
  universalId,
  universalIdType,
});

describe('systemOf', () => {
  it.each([
    [authority('HYD', '2.16.840.1.113883', 'ISO'), 'urn:oid:2.16.840.1.113883'],
    [authority('', '0B5A2A2E-6A1C-4D7C-9D3E-000000000001', 'UUID'), 'urn:uuid:0b5a2a2e-6a1c-4d7c-9d3e-000000000001'],
    [authority('', 'https://hyd.example/mrn', 'URI'), 'https://hyd.example/mrn'],
    [authority('HYD', 'not an oid', 'ISO'), 'urn:anamnesis:authority:HYD'],
    [authority('HYD'), 'urn:anamnesis:authority:HYD'],
    [authority('A B/C'), 'urn:anamnesis:authority:A%20B%2FC'],
    [authority('', 'LOCAL', 'L'), 'urn:anamnesis:authority:LOCAL'],
    [authority('MPI'), 'https://national.example/id'],
    [authority('constructor'), 'urn:anamnesis:authority:constructor'],
    [authority(), 'urn:anamnesis:facility:HYD%20East'],
  ])('%p is %p', (sent, expected) => {
    const source = sourceOf({ authorityByNamespace: { MPI: 'https://national.example/id' } });
    expect(systemOf(source, sent)).toBe(expected);
  });

  it('takes the default of the source for a missing authority', () => {
    expect(systemOf(sourceOf({ authorityDefault: 'urn:oid:1.2.3' }), authority())).toBe('urn:oid:1.2.3');
  });
});

describe('isOwnAuthority', () => {
  it('is one that the facility issues, or that its bare numbers belong to', () => {
    const facts: readonly AuthorityFact[] = [
      { kind: 'authority', system: 'urn:oid:1.1', scope: 'facility', issuer: 'HYD East' },
      { kind: 'authority', system: 'urn:oid:1.2', scope: 'facility', issuer: 'MPK' },
      { kind: 'authority', system: 'urn:oid:1.3', scope: 'national' },
    ];
    const authority = (wanted: string) => facts.find(({ system }) => system === wanted);
    const own = (system: string, given = {}) => isOwnAuthority({ authority }, sourceOf(given), system);
    expect(own('urn:oid:1.1')).toBe(true);
    expect(own('urn:oid:1.2')).toBe(false);
    expect(own('urn:oid:1.3')).toBe(false);
    expect(own('urn:anamnesis:facility:HYD%20East')).toBe(true);
    expect(own('urn:oid:1.2', { authorityDefault: 'urn:oid:1.2' })).toBe(true);
  });
});
