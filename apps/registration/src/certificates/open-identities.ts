import type { KeyObject } from 'node:crypto';
import { registrationUri } from '@anamnesis/core';
import { Certificate, insertRows, SigningKey, type Store } from '@anamnesis/store';
import { inTurn } from '../outbox/turn.js';
import { CertificateAuthority, openSigningKey, type SealedIdentity } from './certificate-authority.js';

const rootDays = 20 * 365;
const registrationDays = 5 * 365;
/** A new key of registration's own is made so long before the old certificate ends. */
const renewalMs = 90 * 24 * 60 * 60 * 1000;

/** Registration's own key: signs certifications. */
export interface SigningIdentity {
  readonly serial: string;
  readonly key: KeyObject;
}

export interface Identities {
  readonly authority: CertificateAuthority;
  readonly signing: SigningIdentity;
}

/** Opens the deployment's root and registration's own key; the first start makes them, for good. */
export async function openIdentities(store: Store, kek: Uint8Array): Promise<Identities> {
  const root = await keyOrMake({ store, name: 'root', make: () => CertificateAuthority.make(kek, rootDays) });
  const authority = await CertificateAuthority.open(kek, root);
  const make = () =>
    authority.makeIdentity(kek, {
      subject: [{ CN: ['registration'] }, { O: ['Anamnesis'] }],
      uris: [registrationUri],
      days: registrationDays,
    });
  const own = await keyOrMake({ store, name: 'registration', make });
  return { authority, signing: { serial: own.serial, key: openSigningKey(kek, own.sealedKey) } };
}

interface Wanted {
  readonly store: Store;
  readonly name: 'root' | 'registration';
  readonly make: () => Promise<SealedIdentity>;
}

type Known = Omit<SealedIdentity, 'notBefore' | 'notAfter'>;

async function keyOrMake({ store, name, make }: Wanted): Promise<Known> {
  const found = await find(store, name);
  if (found !== undefined) return found;
  const made = await make();
  await inTurn(store, async ({ manager, at }) => {
    const current = await manager.findOneBy(SigningKey, { name });
    // Another instance was first: its key is the deployment's.
    if (current !== null && !(await isEnding(store, current))) return;
    const { serial, certificate, notBefore, notAfter, sealedKey } = made;
    await manager.delete(SigningKey, { name });
    await insertRows(manager, SigningKey, [{ name, serial, sealedKey: Buffer.from(sealedKey), createdAt: at }]);
    const row = { serial, kind: name, sourceId: null, certificate, notBefore, notAfter, revokedAt: null, reason: null };
    await insertRows(manager, Certificate, [{ ...row, issuedAt: at }]);
  });
  const kept = await find(store, name);
  if (kept === undefined) throw new Error(`the ${name} key was not kept`);
  return kept;
}

async function find(store: Store, name: Wanted['name']): Promise<Known | undefined> {
  const key = await store.reader.manager.findOneBy(SigningKey, { name });
  if (key === null || (await isEnding(store, key))) return undefined;
  const row = await store.reader.manager.findOneByOrFail(Certificate, { serial: key.serial });
  return { serial: key.serial, certificate: row.certificate, sealedKey: key.sealedKey };
}

/** The root is never renewed by itself: every verifier trusts it by its fingerprint. */
async function isEnding(store: Store, { name, serial }: SigningKey): Promise<boolean> {
  if (name === 'root') return false;
  const row = await store.reader.manager.findOneByOrFail(Certificate, { serial });
  return Date.parse(row.notAfter) - Date.now() < renewalMs;
}
