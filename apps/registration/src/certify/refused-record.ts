import type { BusRecord } from '@anamnesis/bus';
import { seal, unseal } from '@anamnesis/core';
import { RefusedEvent, type Store } from '@anamnesis/store';

const lengthBytes = 4;

/** Header and raw bytes of a refused event as one sealed value. */
export function sealRecord(kek: Uint8Array, eventId: string, { header, body }: Omit<BusRecord, 'key'>): Buffer {
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.length);
  return Buffer.from(seal(kek, Buffer.concat([length, text, body]), contextOf(eventId)));
}

/** The record of a refused event as it was published first. */
export function unsealRecord(kek: Uint8Array, row: RefusedEvent): BusRecord {
  const plain = Buffer.from(unseal(kek, row.sealedRecord, contextOf(row.eventId)));
  const bodyAt = lengthBytes + plain.readUInt32BE(0);
  const header = JSON.parse(plain.subarray(lengthBytes, bodyAt).toString('utf8')) as Record<string, unknown>;
  return { key: row.recordKey, header, body: plain.subarray(bodyAt) };
}

/** What the relay publishes for an announced replay. */
export async function findReplay(store: Store, kek: Uint8Array, eventId: string): Promise<BusRecord | undefined> {
  const row = await store.reader.manager.findOneBy(RefusedEvent, { eventId });
  return row === null ? undefined : unsealRecord(kek, row);
}

function contextOf(eventId: string): string {
  return `anamnesis/refused-event/${eventId}`;
}
