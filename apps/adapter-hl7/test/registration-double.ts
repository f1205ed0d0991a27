import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { base32, Rejected, type SourceFact, Unavailable } from '@anamnesis/core';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import type {
  AcknowledgementLease,
  AcknowledgementResults,
  Enrolled,
  RegistrationClient,
  SourceObservation,
} from '@anamnesis/runtime';

type Client = Pick<
  RegistrationClient,
  'contact' | 'enrolmentToken' | 'enrol' | 'observe' | 'leaseAcknowledgements' | 'settleAcknowledgements'
>;

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const yearMs = 365 * 24 * 60 * 60 * 1000;

/** The registration app as seen through its client, with a certificate authority of its own. */
export class RegistrationDouble implements Client {
  mode: 'open' | 'approve' | 'away' | 'silent' = 'open';
  /** Of certificates issued from now on. */
  lifeMs = yearMs;
  contacts = 0;
  /** Those that unknown senders came with. */
  readonly certificates: string[] = [];
  readonly issued: Enrolled[] = [];
  readonly observations: { readonly sourceId: string; readonly observation: SourceObservation }[] = [];
  /** Handed out when asked for, each once. */
  leases: AcknowledgementLease[] = [];
  readonly results: AcknowledgementResults[] = [];
  /** What the operator or the sandbox decided about new sources. */
  template: Partial<SourceFact> = {};
  readonly #tokens = new Map<string, string>();
  #authority: Promise<webcrypto.CryptoKeyPair> | undefined;

  async contact(sender: { facility: string; application: string; address: string; certificate?: string }) {
    this.contacts++;
    if (sender.certificate !== undefined) this.certificates.push(sender.certificate);
    await this.#answering();
    if (this.mode === 'approve') return { state: 'pending' as const };
    if (sender.facility.length > 64) throw new Rejected('invalid-request', 'the facility is too long');
    return { state: 'active' as const, source: sourceOf(sender, this.template) };
  }

  async enrolmentToken(sourceId: string) {
    await this.#answering();
    const token = randomBytes(16).toString('hex');
    this.#tokens.set(token, sourceId);
    return { token, expiresAt: new Date(Date.now() + 60_000).toISOString() };
  }

  async enrol({ token, csr }: { token: string; csr: string }): Promise<Enrolled> {
    await this.#answering();
    const sourceId = this.#tokens.get(token);
    if (sourceId === undefined) throw new Rejected('invalid-token', 'used or unknown');
    this.#tokens.delete(token);
    const request = new Pkcs10CertificateRequest(csr);
    if (!(await request.verify(webcrypto))) throw new Rejected('invalid-certificate-request', 'not signed by its key');
    const serial = randomBytes(8).toString('hex').replace(/^./, '1');
    this.#authority ??= webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: serial,
        issuer: 'CN=Test authority',
        subject: `CN=${sourceId}`,
        notBefore: new Date(Date.now() - 1000),
        notAfter: new Date(Date.now() + this.lifeMs),
        publicKey: request.publicKey,
        signingKey: (await this.#authority).privateKey,
        signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      },
      webcrypto,
    );
    const notAfter = certificate.notAfter.toISOString();
    const enrolled = { certificate: certificate.toString('pem'), chain: [], serial, notAfter };
    this.issued.push(enrolled);
    return enrolled;
  }

  async observe(sourceId: string, observation: SourceObservation): Promise<void> {
    await this.#answering();
    this.observations.push({ sourceId, observation });
  }

  async leaseAcknowledgements(): Promise<readonly AcknowledgementLease[]> {
    await this.#answering();
    return this.leases.splice(0);
  }

  async settleAcknowledgements(results: AcknowledgementResults): Promise<void> {
    await this.#answering();
    this.results.push(results);
  }

  async #answering(): Promise<void> {
    if (this.mode === 'away') throw new Unavailable('registration', 'no answer');
    if (this.mode === 'silent') await new Promise(() => undefined);
  }
}

/** A source as the open sandbox enrols it, but for what is given. */
export function sourceOf(
  sender: { readonly facility: string; readonly application: string },
  given: Partial<SourceFact> = {},
): SourceFact {
  const { facility, application } = sender;
  const digest = createHash('sha256')
    .update(JSON.stringify([facility, application]))
    .digest();
  return {
    kind: 'source',
    id: base32(digest).slice(0, 16),
    facility,
    application,
    state: 'active',
    isOpen: true,
    addresses: [],
    authorityByNamespace: {},
    messageTypes: [],
    processingIds: ['P', 'T', 'D'],
    acknowledgement: 'auto',
    closesWhenUnavailable: false,
    ...given,
  };
}
