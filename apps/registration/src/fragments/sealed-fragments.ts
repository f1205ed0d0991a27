import type { BusRecord } from '@anamnesis/bus';
import { type AssembledMessage, type EventId, seal, sourceRecordKey, unseal } from '@anamnesis/core';
import { assembleFragments } from '@anamnesis/hl7v2';
import { Fragment, type Store } from '@anamnesis/store';

/** From the weakest to the strongest. */
const authentications = ['none', 'address', 'mtls'] as const;

export function sealFragment(kek: Uint8Array, id: string, bytes: Uint8Array): Buffer {
  return Buffer.from(seal(kek, bytes, contextOf(id)));
}

/** What the relay publishes for an announced message: its fragments, put together. Undefined when they are gone. */
export async function findAssembled(
  store: Store,
  { deploymentKey, kek }: { readonly deploymentKey: Uint8Array; readonly kek: Uint8Array },
  wholeId: string,
): Promise<BusRecord | undefined> {
  const rows = await store.reader.manager.find(Fragment, { where: { wholeId }, order: { place: 'ASC' } });
  const [first] = rows;
  if (first === undefined) return undefined;
  const { facility, application, controlId, messageType, charset } = first;
  const header: AssembledMessage = {
    id: first.id as EventId,
    facility,
    application,
    protocol: first.protocol as AssembledMessage['protocol'],
    authentication: authentications.find((one) => rows.some((row) => row.authentication === one)) ?? 'none',
    ...(charset !== null && { charset }),
    controlId,
    messageType,
    fragments: rows.length,
  };
  const parts = rows.map((row) => unseal(kek, row.sealedBytes, contextOf(row.id)));
  const key = sourceRecordKey(deploymentKey, facility, application);
  return { key, header: { ...header }, body: assembleFragments(parts) };
}

function contextOf(id: string): string {
  return `anamnesis/message-fragment/${id}`;
}
