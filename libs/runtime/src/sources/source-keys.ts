import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { Unavailable } from '@anamnesis/core';
import type { Enrolled, RegistrationClient } from '../registration-client.js';
import { readIfPresent, writeDurably } from './key-files.js';

/** What signs the events of one source. */
export interface SigningIdentity {
  readonly key: KeyObject;
  readonly certificateSerial: string;
  /** Milliseconds since 1970. */
  readonly startsAtMs: number;
  readonly renewAtMs: number;
  readonly expiresAtMs: number;
}

type Enrolling = Pick<RegistrationClient, 'enrolmentToken' | 'enrol'>;

export interface SourceKeysOptions {
  readonly directory: string;
  readonly registration: Enrolling;
  readonly isRevoked: (serial: string) => boolean;
  /** After a failed enrolment the next one is not tried before. */
  readonly retryMs: number;
}

/**
 * One P-256 key and its certificate per source, kept under the data directory. The first message of a source enrols
 * the key; at two thirds of its life the certificate is renewed, while the old one goes on signing. A revoked
 * certificate is not replaced: that would undo the revocation. Before a certificate begins, by a clock that went back,
 * nothing is signed: registration would refuse it after it was acknowledged.
 */
export class SourceKeys {
  readonly #identities = new Map<string, SigningIdentity>();
  readonly #opening = new Map<string, Promise<SigningIdentity>>();
  readonly #failedAtMs = new Map<string, number>();

  constructor(private readonly options: SourceKeysOptions) {}

  /** The identity when it is at hand and usable; starts its renewal when that is due. */
  present(sourceId: string): SigningIdentity | undefined {
    const identity = this.#identities.get(sourceId);
    if (identity === undefined) return undefined;
    const nowMs = Date.now();
    if (this.options.isRevoked(identity.certificateSerial)) return identity;
    if (nowMs < identity.startsAtMs) return undefined;
    if (nowMs < identity.renewAtMs) return identity;
    this.open(sourceId).catch(() => undefined); // the one at hand still signs; the next message tries again
    return nowMs < identity.expiresAtMs ? identity : undefined;
  }

  /**
   * Reads the identity, or enrols one. Calls for one source share the work. Throws `Unavailable('registration')` when
   * there is no certificate to be had now, `Unavailable('clock')` when there is one that has not begun.
   */
  async open(sourceId: string): Promise<SigningIdentity> {
    const opening = this.#opening.get(sourceId);
    if (opening !== undefined) return opening;
    const failedAtMs = this.#failedAtMs.get(sourceId) ?? -Infinity;
    if (performance.now() - failedAtMs < this.options.retryMs)
      throw new Unavailable('registration', 'the source could not be enrolled');
    const started = this.#open(sourceId).finally(() => this.#opening.delete(sourceId));
    this.#opening.set(sourceId, started);
    return started;
  }

  async #open(sourceId: string): Promise<SigningIdentity> {
    try {
      const key = await this.#key(sourceId);
      const held = this.#identities.get(sourceId);
      const stored = held === undefined ? await this.#stored(sourceId, key) : undefined;
      this.#checkClock(held ?? stored);
      const identity = stored ?? (await this.#enrol(sourceId, key));
      this.#identities.set(sourceId, identity);
      this.#failedAtMs.delete(sourceId);
      return identity;
    } catch (cause) {
      if (cause instanceof Unavailable && cause.dependency === 'clock') throw cause;
      this.#failedAtMs.set(sourceId, performance.now());
      throw new Unavailable('registration', 'the source could not be enrolled', { cause });
    }
  }

  #checkClock(identity: SigningIdentity | undefined): void {
    if (identity === undefined || this.options.isRevoked(identity.certificateSerial)) return;
    if (Date.now() >= identity.startsAtMs) return;
    const begins = new Date(identity.startsAtMs).toISOString();
    throw new Unavailable('clock', `by this machine's clock the source's certificate begins only at ${begins}`);
  }

  async #key(sourceId: string): Promise<KeyObject> {
    const path = this.#path(sourceId, 'key.pem');
    const pem = await readIfPresent(path);
    if (pem !== undefined) return createPrivateKey(pem);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeDurably(path, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    return privateKey;
  }

  /** The certificate on disk, as long as it is valid; an expired one is as good as none. */
  async #stored(sourceId: string, key: KeyObject): Promise<SigningIdentity | undefined> {
    const text = await readIfPresent(this.#path(sourceId, 'certificate.json'));
    if (text === undefined) return undefined;
    const identity = identityOf(key, JSON.parse(text) as Enrolled);
    const isKept = Date.now() < identity.expiresAtMs || this.options.isRevoked(identity.certificateSerial);
    return isKept ? identity : undefined;
  }

  async #enrol(sourceId: string, key: KeyObject): Promise<SigningIdentity> {
    const { token } = await this.options.registration.enrolmentToken(sourceId);
    // Loaded when asked for: most starts find the certificate of an earlier one.
    const { certificateRequest } = await import('./certificate-request.js');
    const csr = await certificateRequest(key, sourceId);
    const enrolled = await this.options.registration.enrol({ token, csr });
    const identity = identityOf(key, enrolled);
    await writeDurably(this.#path(sourceId, 'certificate.json'), `${JSON.stringify(enrolled, null, 2)}\n`);
    return identity;
  }

  #path(sourceId: string, ending: string): string {
    if (!/^[a-z0-9-]{1,64}$/.test(sourceId)) throw new TypeError('not a source id');
    return join(this.options.directory, `${sourceId}.${ending}`);
  }
}

function identityOf(key: KeyObject, enrolled: Enrolled): SigningIdentity {
  const certificate = new X509Certificate(enrolled.certificate);
  if (!certificate.checkPrivateKey(key)) throw new Error('the certificate is for another key');
  const startsAtMs = Date.parse(certificate.validFrom);
  const expiresAtMs = Date.parse(certificate.validTo);
  const renewAtMs = startsAtMs + ((expiresAtMs - startsAtMs) * 2) / 3;
  return { key, certificateSerial: enrolled.serial, startsAtMs, renewAtMs, expiresAtMs };
}
