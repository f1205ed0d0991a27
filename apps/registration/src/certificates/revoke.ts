import { Rejected } from '@anamnesis/core';
import { Certificate, Source } from '@anamnesis/store';
import { IsNull, Not } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { factOf } from './certificate-fact.js';

export interface Revocation {
  /** From when on events are refused, by the bus's time; may lie in the past or the future. Absent = now. */
  readonly revokedAt?: string;
  readonly reason: string;
}

/** What an operator may see of a certificate. */
export interface CertificateView {
  readonly serial: string;
  readonly kind: Certificate['kind'];
  readonly sourceId: string | null;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly revokedAt: string | null;
  readonly reason: string | null;
  /** PEM. */
  readonly certificate: string;
}

/** Revokes one certificate. A second revocation may move the time earlier and never later: a stolen key stays stolen. */
export async function revoke(
  registration: Registration,
  serial: string,
  revocation: Revocation,
): Promise<CertificateView> {
  return registration.change(async (turn) => {
    const row = await turn.manager.findOneBy(Certificate, { serial: serial.toLowerCase() });
    if (row?.kind !== 'source') throw new Rejected('not-found', 'no certificate of a source has this serial');
    return revokeRow(turn, row, revocation);
  });
}

/** Revokes every certificate of a source. */
export async function revokeSource(
  registration: Registration,
  sourceId: string,
  revocation: Revocation,
): Promise<readonly CertificateView[]> {
  return registration.change(async (turn) => {
    if (!(await turn.manager.existsBy(Source, { id: sourceId }))) throw new Rejected('not-found', 'no such source');
    const views: CertificateView[] = [];
    for (const row of await turn.manager.findBy(Certificate, { sourceId }))
      views.push(await revokeRow(turn, row, revocation));
    return views;
  });
}

export async function listCertificates(
  { store }: Registration,
  sourceId: string | undefined,
): Promise<readonly CertificateView[]> {
  const where = sourceId === undefined ? {} : { sourceId };
  const rows = await store.reader.manager.find(Certificate, { where, order: { issuedAt: 'DESC' }, take: 1000 });
  return rows.map(viewOf);
}

/** PEM of the list of revoked certificates, those of the future left out. */
export async function revocationList({ store, authority }: Registration): Promise<string> {
  const rows = await store.reader.manager.findBy(Certificate, { revokedAt: Not(IsNull()) });
  const now = new Date().toISOString();
  const revoked = rows.flatMap(({ serial, revokedAt }) =>
    revokedAt === null || revokedAt > now ? [] : [{ serial, revokedAt }],
  );
  return authority.revocationList(revoked);
}

async function revokeRow(
  turn: Turn,
  row: Pick<Certificate, keyof Certificate>,
  { revokedAt, reason }: Revocation,
): Promise<CertificateView> {
  const at = revokedAt === undefined ? turn.at : new Date(revokedAt).toISOString();
  if (row.revokedAt !== null && row.revokedAt <= at) return viewOf(row);
  const changed = { ...row, revokedAt: at, reason };
  await turn.manager.update(Certificate, { serial: row.serial }, { revokedAt: at, reason });
  turn.announceFact(factOf(changed));
  return viewOf(changed);
}

function viewOf(row: Certificate): CertificateView {
  const { serial, kind, sourceId, notBefore, notAfter, revokedAt, reason, certificate } = row;
  return { serial, kind, sourceId, notBefore, notAfter, revokedAt, reason, certificate };
}
