import { type ClaimedNumber, numberedId } from '@anamnesis/core';
import { MergedNumber } from '@anamnesis/store';
import { In } from 'typeorm';
import { insertPlain } from '../outbox/insert-plain.js';
import type { Turn } from '../outbox/turn.js';
import { followAccounts, keepVisits } from './follow-accounts.js';
import type { IndexedEvent } from './indexed-event.js';
import { mergeRecords, referenceOf, type RecordMerge } from './merge-records.js';

const valueLengthMax = 255;

/**
 * Takes the merges of visits and accounts that certified events claim: like those of patients, only that nothing but the
 * number is known of what they merge. Visits that are known by their accounts follow these.
 */
export async function indexNumbers(
  turn: Turn,
  deploymentKey: Uint8Array,
  events: readonly IndexedEvent[],
): Promise<void> {
  const accountIds = [...(await keepVisits(turn, deploymentKey, events))];
  for (const one of events) {
    const merges = mergesOf(deploymentKey, one);
    if (merges.length === 0) continue;
    await keepNumbers(turn, merges, one);
    await mergeRecords(turn, deploymentKey, merges);
    for (const { kind, survivor } of merges) if (kind === 'account') accountIds.push(survivor.recordKey);
  }
  await followAccounts(turn, deploymentKey, accountIds);
}

function mergesOf(deploymentKey: Uint8Array, { event }: IndexedEvent): readonly RecordMerge[] {
  const { facility } = event.source;
  return (event.identity?.numberMerges ?? [])
    .filter(({ survivor, retired }) => [survivor, retired].every(({ value }) => value.length <= valueLengthMax))
    .map(({ kind, survivor, retired }) => {
      const reference = (number: ClaimedNumber) => {
        const { system, value } = number;
        return referenceOf({ recordKey: numberedId(deploymentKey, { kind, facility, number }), system, value });
      };
      return { kind, survivor: reference(survivor), retired: reference(retired), eventId: event.id };
    });
}

async function keepNumbers(turn: Turn, merges: readonly RecordMerge[], { event }: IndexedEvent): Promise<void> {
  const { facility } = event.source;
  const named = new Map<string, MergedNumber>(
    merges.flatMap(({ survivor, retired }) =>
      [survivor, retired].map(({ recordKey: id, system, value }) => [id, { id, system, value, facility }] as const),
    ),
  );
  for (const { id } of await turn.manager.findBy(MergedNumber, { id: In([...named.keys()]) })) named.delete(id);
  await insertPlain(turn.manager, MergedNumber, [...named.values()]);
}
