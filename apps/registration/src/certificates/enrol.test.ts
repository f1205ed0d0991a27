import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { X509Crl } from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourceFact } from '@anamnesis/core';
import { EnrolmentToken } from '@anamnesis/store';
import { makeRequest } from '../../test/hospital.js';
import { openPlace, type Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { addSource } from '../facilities/sources.js';
import { enrol, makeToken } from './enrol.js';
import { listCertificates, revocationList, revokeSource } from './revoke.js';

describe.each(databases)('enrolment on $name', ({ fresh }) => {
  let place: Place;
  let source: SourceFact;

  beforeEach(async () => {
    place = await openPlace({ CERTIFICATE_DAYS: 10 }, fresh);
    source = await addSource(place.registration, { facility: 'Św. Anna, "Nord"', application: 'ADT' });
  });
  afterEach(() => place.dispose());

  it('certifies the key of the request under the name that registration knows', async () => {
    const { csr, key } = await makeRequest();
    const { token } = await makeToken(place.registration, source.id);
    const { certificate, chain, serial, notAfter } = await enrol(place.registration, { token, csr });
    const made = new X509Certificate(certificate);
    const root = new X509Certificate(chain[0] ?? '');
    expect([made.verify(root.publicKey), made.checkIssued(root), made.checkPrivateKey(key), made.ca]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(made.serialNumber.toLowerCase()).toBe(serial);
    expect(made.subject).toContain(`CN=${source.id}`);
    expect(made.subjectAltName).toContain(`urn:anamnesis:facility:${encodeURIComponent(source.facility)}`);
    expect(new Date(made.validTo).toISOString()).toBe(notAfter);
    expect(Date.parse(notAfter) - Date.now()).toBeLessThanOrEqual(10 * 24 * 60 * 60 * 1000);
    const facts = await place.read('registry.changed', 2);
    expect(facts.map((fact) => fact.key)).toEqual([`source:${source.id}`, `certificate:${serial}`]);
  });

  it('lets a token be used once, however many try at the same time', async () => {
    const { token } = await makeToken(place.registration, source.id);
    const requests = await Promise.all(Array.from({ length: 5 }, () => makeRequest()));
    const tries = requests.map(({ csr }) => enrol(place.registration, { token, csr }));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await listCertificates(place.registration, source.id)).toHaveLength(1);
  });

  it('refuses unknown, stale and guessed tokens, and keeps no token', async () => {
    const { csr } = await makeRequest();
    const { token } = await makeToken(place.registration, source.id);
    const [row] = await place.store.reader.manager.find(EnrolmentToken);
    expect(JSON.stringify(row)).not.toContain(token);
    await expect(enrol(place.registration, { token: row?.digest ?? '', csr })).rejects.toMatchObject({
      code: 'invalid-token',
    });
    await place.store.transaction((manager) =>
      manager.update(EnrolmentToken, { digest: row?.digest ?? '' }, { expiresAt: '2020-01-01T00:00:00.000Z' }),
    );
    await expect(enrol(place.registration, { token, csr })).rejects.toMatchObject({ code: 'invalid-token' });
  });

  it('refuses a request that its key did not sign, without using the token up', async () => {
    const { csr } = await makeRequest();
    const { token } = await makeToken(place.registration, source.id);
    const der = Buffer.from(csr.replace(/-----.*-----|\s/g, ''), 'base64');
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    for (const wrong of [forged, 'nonsense', ''])
      await expect(enrol(place.registration, { token, csr: wrong })).rejects.toMatchObject({
        code: 'invalid-certificate-request',
      });
    expect((await enrol(place.registration, { token, csr })).serial).toMatch(/^[0-9a-f]{32}$/);
  });

  it('revokes every certificate of a source and lists them, signed by the root', async () => {
    for (let instance = 0; instance < 2; instance++) {
      const { token } = await makeToken(place.registration, source.id);
      await enrol(place.registration, { token, csr: (await makeRequest()).csr });
    }
    const revoked = await revokeSource(place.registration, source.id, { reason: 'machine lost' });
    const list = new X509Crl(await revocationList(place.registration));
    expect(list.entries.map(({ serialNumber }) => serialNumber).sort()).toEqual(
      revoked.map(({ serial }) => serial).sort(),
    );
    expect(revoked).toHaveLength(2);
  });

  it('opens the same root and key again, and on a second instance', async () => {
    const other = await place.another();
    expect(other.authority.certificate).toBe(place.registration.authority.certificate);
    expect(other.signing.serial).toBe(place.registration.signing.serial);
  });
});
