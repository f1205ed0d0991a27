import { type Certification, leafKey, parseEventId, Rejected } from '@anamnesis/core';
import { Certificate, Decision } from '@anamnesis/store';
import type { Registration } from '../registration.js';

export interface CertificatePath {
  /** PEM. */
  readonly certificate: string;
  /** PEM, issuer first, root last. */
  readonly chain: readonly string[];
}

/** What registration adds to the evidence of one event. */
export interface EventEvidence {
  /** Opens the commitment of this event and of no other, lower-case hex. */
  readonly leafKey: string;
  readonly generation: number;
  readonly source: CertificatePath;
  readonly registration: CertificatePath;
}

/** Throws `Rejected('not-found')`, and `Rejected('gone')` when the record's secret was destroyed. */
export async function eventEvidence(registration: Registration, id: string): Promise<EventEvidence> {
  const eventId = parseEventId(id);
  const { manager } = registration.store.reader;
  const decision = await manager.findOne(Decision, {
    where: { eventId, outcome: 'certified' },
    order: { generation: 'DESC' },
  });
  if (decision?.certification == null) throw new Rejected('not-found', 'no certified event has this id');
  const secret = await registration.secrets.find(manager, decision.recordKey);
  if (secret === undefined) throw new Rejected('gone', 'the secret of the record was destroyed');
  const { signature } = JSON.parse(decision.certification) as Certification;
  return {
    leafKey: Buffer.from(leafKey(secret, eventId)).toString('hex'),
    generation: decision.generation,
    source: await pathOf(registration, decision.certificateSerial),
    registration: await pathOf(registration, signature.certificateSerial),
  };
}

async function pathOf({ store, authority }: Registration, serial: string): Promise<CertificatePath> {
  const row = await store.reader.manager.findOneByOrFail(Certificate, { serial });
  return { certificate: row.certificate, chain: [authority.certificate] };
}
