import { beforeAll, describe, expect, it } from '@jest/globals';
import { registrationUri } from '@anamnesis/core';
import { TestAuthority } from './testing/test-authority.js';
import {
  anchoredOnLog,
  type Bundle,
  certified,
  judge,
  makeDeployment,
  said,
  sourceUri,
  type TestDeployment,
} from './testing/test-bundle.js';

describe('a bundle', () => {
  let authority: TestDeployment['authority'];
  let signers: TestDeployment['signers'];
  let genuine: TestDeployment['genuine'];
  let trust: TestDeployment['trust'];

  beforeAll(async () => {
    ({ authority, signers, genuine, trust } = await makeDeployment());
  });

  it('is not valid when another certificate of a source certified it', async () => {
    // As the second adapter of that source has one, or another hospital.
    const second = await authority.issue({ uris: [sourceUri] });
    const changed = { ...said, receivedAt: '2025-01-01T00:00:00.000Z', source: { ...said.source, facility: 'SOUTH' } };
    const forged = certified(changed, { ...signers, registration: second });
    expect(judge({ ...forged, anchoring: genuine.anchoring }, trust)).toMatch(/^registration-certificate/);
    const own = certified(said, { ...signers, registration: signers.source });
    expect(judge({ ...own, anchoring: genuine.anchoring }, trust)).toMatch(/^registration-certificate/);
  });

  it('is valid when registration certified it later, with a key that it did not have yet when the bus took the event', async () => {
    const from = new Date('2026-03-02T00:00:00Z');
    const renewed = { ...signers, registration: await authority.issue({ uris: [registrationUri], from }) };
    const decided = (at: string) => ({ ...certified(said, renewed, at), anchoring: genuine.anchoring });
    expect(judge(decided('2026-03-02T00:00:01.000Z'), trust)).toBe('valid');
    expect(judge(decided('2026-03-01T23:59:59.000Z'), trust)).toBe('registration-certificate not-in-force');
  });

  it('is not valid when the certificate of its source was not in force as the bus took it', async () => {
    for (const dates of [{ from: new Date('2026-03-01T10:00:01Z') }, { to: new Date('2026-03-01T09:59:59Z') }]) {
      const source = await authority.issue({ uris: [sourceUri], ...dates });
      expect(judge(certified(said, { ...signers, source }), trust)).toBe('source-certificate not-in-force');
    }
  });

  it('is not valid with a key of another kind in a certificate, and says so', async () => {
    for (const name of ['Ed25519', 'RSASSA-PKCS1-v1_5'] as const) {
      const other = await authority.issue({ uris: [registrationUri], name });
      for (const role of ['source', 'registration'] as const) {
        const certificates = { ...genuine.certificates, [role]: other.path };
        expect(judge({ ...genuine, certificates }, trust)).toMatch(/^(source|registration)-(certificate|signature)/);
      }
    }
  });

  it('is not valid with parts of another genuine one', async () => {
    const later = certified({ ...said, ordinal: 1, id: 'e'.repeat(32) as typeof said.id }, signers);
    const foreign = await anchoredOnLog();
    const swapped: readonly Partial<Bundle>[] = [
      { event: later.event },
      { signature: later.signature },
      { certification: later.certification },
      { event: later.event, signature: later.signature },
      { leafKey: '00'.repeat(32) },
      { raw: Buffer.from('MSH|').toString('base64') },
      {
        certificates: {
          source: genuine.certificates.registration,
          registration: genuine.certificates.source,
        },
      },
      { anchoring: { index: 0, auditPath: [], ledger: foreign.evidence } },
    ];
    for (const parts of swapped) expect(judge({ ...genuine, ...parts }, trust)).not.toMatch(/^(valid|anchoring)/);
  });

  it('is not valid under another root, whoever signed with certificates of that', async () => {
    const other = await TestAuthority.make();
    const source = await other.issue({ uris: [sourceUri] });
    const registration = await other.issue({ uris: [registrationUri] });
    const forged = { ...certified(said, { source, registration }), anchoring: genuine.anchoring };
    expect(judge(forged, trust)).toBe('source-certificate untrusted-root');
    expect(judge({ ...certified(said, { ...signers, registration }) }, {})).toBe('one-root');
  });
});
