import { createHmac, randomBytes, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { Rejected, type SourceFact } from '@anamnesis/core';
import { Certificate, EnrolmentToken, insertRows, Source } from '@anamnesis/store';
import { LessThan } from 'typeorm';
import { parseSourceFact } from '../facilities/source-fact.js';
import type { Registration } from '../registration.js';
import { factOf } from './certificate-fact.js';
import { keyAlgorithm } from './certificate-authority.js';

const tokenBytes = 32;
const tokenValidMs = 24 * 60 * 60 * 1000;

/** Makes a one-time token with which an adapter of this source may have one key certified. */
export async function makeToken(
  registration: Registration,
  sourceId: string,
): Promise<{ token: string; expiresAt: string }> {
  const token = randomBytes(tokenBytes).toString('base64url');
  const expiresAt = new Date(Date.now() + tokenValidMs).toISOString();
  const digest = digestOf(registration, token);
  await registration.change(async ({ manager, at }) => {
    if (!(await manager.existsBy(Source, { id: sourceId }))) throw new Rejected('not-found', 'no such source');
    await manager.delete(EnrolmentToken, { expiresAt: LessThan(at) });
    await insertRows(manager, EnrolmentToken, [{ digest, sourceId, expiresAt, usedAt: null }]);
  });
  return { token, expiresAt };
}

export interface Enrolment {
  /** PEM. */
  readonly certificate: string;
  /** PEM, issuer first, root last. */
  readonly chain: readonly string[];
  readonly serial: string;
  readonly notAfter: string;
}

/**
 * Certifies the key of a PKCS #10 request (PEM) for the source that the token belongs to. The name in the request is not
 * read: the certificate says what registration knows. Throws `Rejected('invalid-token')` when the token is unknown,
 * used or past its time, and `Rejected('invalid-certificate-request')`.
 */
export async function enrol(registration: Registration, request: { token: string; csr: string }): Promise<Enrolment> {
  const digest = digestOf(registration, request.token);
  const known = await registration.store.reader.manager.findOneBy(EnrolmentToken, { digest });
  if (known === null || !isUsable(known)) throw invalidToken();
  const key = await readRequest(request.csr);
  const row = await registration.store.reader.manager.findOneBy(Source, { id: known.sourceId });
  if (row === null) throw invalidToken();
  const source = parseSourceFact(row);
  const { authority, settings } = registration;
  const issued = await authority.issue(key, { ...namesOf(source), days: settings.CERTIFICATE_DAYS });
  await registration.change(async (turn) => {
    const token = await turn.manager.findOneBy(EnrolmentToken, { digest });
    if (token === null || !isUsable(token)) throw invalidToken();
    await turn.manager.update(EnrolmentToken, { digest }, { usedAt: turn.at });
    const kept = { ...issued, kind: 'source' as const, sourceId: source.id, revokedAt: null, reason: null };
    await insertRows(turn.manager, Certificate, [{ ...kept, issuedAt: turn.at }]);
    turn.announceFact(factOf({ ...kept, issuedAt: turn.at }));
  });
  const { certificate, serial, notAfter } = issued;
  return { certificate, chain: [authority.certificate], serial, notAfter };
}

function isUsable(token: EnrolmentToken): boolean {
  return token.usedAt === null && token.expiresAt > new Date().toISOString();
}

function invalidToken(): Rejected {
  return new Rejected('invalid-token', 'the enrolment token is not known, or used, or past its time');
}

function digestOf({ keys }: Registration, token: string): string {
  return createHmac('sha256', keys.deploymentKey).update('enrolment-token').update(token).digest('hex');
}

function namesOf({ id, facility, application }: SourceFact) {
  const uris = [
    `urn:anamnesis:source:${id}`,
    `urn:anamnesis:facility:${encodeURIComponent(facility)}`,
    `urn:anamnesis:application:${encodeURIComponent(application)}`,
  ];
  const names = [{ CN: [id] }, { O: [facility] }, { OU: [application] }];
  // An empty name cannot be written; the URIs say it all the same.
  return { subject: names.filter((one) => Object.values(one).flat().join('') !== ''), uris };
}

async function readRequest(csr: string): Promise<webcrypto.CryptoKey> {
  try {
    const request = new Pkcs10CertificateRequest(csr);
    if (!(await request.verify(webcrypto))) throw new Error('the signature does not fit the key');
    // Fails for every other kind of key, which is what certifications can be checked with.
    return await webcrypto.subtle.importKey('spki', request.publicKey.rawData, keyAlgorithm, true, ['verify']);
  } catch (cause) {
    throw new Rejected('invalid-certificate-request', 'not a request signed by an ECDSA P-256 key', { cause });
  }
}
