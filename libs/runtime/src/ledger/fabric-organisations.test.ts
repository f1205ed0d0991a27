import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readFabricOrganisations } from './fabric-organisations.js';

const directory = mkdtempSync(join(tmpdir(), 'anamnesis-organisations-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const file = (name: string, content: string) => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};
const organisation = {
  ...{ name: 'HospitalA', facilities: ['MPK'], isDefault: true, peer: '127.0.0.1:7051', mspId: 'HospitalA' },
  peerTlsCaFile: file('ca.pem', 'the authority'),
  certificateFile: file('cert.pem', 'the certificate'),
  keyFile: file('key.pem', 'the key'),
};
const read = (...organisations: readonly object[]) =>
  readFabricOrganisations(file('organisations.json', JSON.stringify({ organisations })));

describe('the organisations of a Fabric channel', () => {
  it('come with what their files hold', () => {
    expect(read(organisation)).toEqual([
      {
        ...{ name: 'HospitalA', facilities: ['MPK'], isDefault: true, peer: '127.0.0.1:7051', mspId: 'HospitalA' },
        ...{ peerTlsCa: 'the authority', certificate: 'the certificate', privateKey: 'the key' },
      },
    ]);
  });

  it.each([
    ['no organisation', []],
    ['no peer', [{ ...organisation, peer: 'peer' }]],
    ['no MSP', [{ ...organisation, mspId: '' }]],
    ['facilities that are no names', [{ ...organisation, facilities: [1] }]],
    ['a member that is not known', [{ ...organisation, peers: 'a:1' }]],
    ['a file that is not there', [{ ...organisation, keyFile: join(directory, 'none') }]],
  ])('are refused with %s', (_, organisations) => {
    expect(() => read(...organisations)).toThrow(/organisations|peer|mspId|facilities|peers|ENOENT/);
  });
});
