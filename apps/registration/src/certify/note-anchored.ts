import type { DeliveredRecord, Refusal } from '@anamnesis/bus';
import { judgeEach } from '@anamnesis/bus';
import { parseAnchoredBatch } from '@anamnesis/core';
import { Decision } from '@anamnesis/store';
import { In, IsNull } from 'typeorm';
import type { Registration } from '../registration.js';

const idsPerStatement = 200;

/** Notes which certified events the ledger covers: for the age of the oldest that it does not. */
export async function noteAnchored(
  { store }: Registration,
  records: readonly DeliveredRecord[],
): Promise<readonly Refusal[]> {
  const { done, refusals } = judgeEach(records, ({ header }) => parseAnchoredBatch(header));
  for (const { leaves, anchoredAt } of done) {
    const ids = leaves.map(({ eventId }) => eventId);
    await store.transaction(async (manager) => {
      for (let from = 0; from < ids.length; from += idsPerStatement) {
        const eventId = In(ids.slice(from, from + idsPerStatement));
        await manager.update(Decision, { eventId, outcome: 'certified', anchoredAt: IsNull() }, { anchoredAt });
      }
    });
  }
  return refusals;
}
