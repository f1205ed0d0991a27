import type { ChartAssertion, ReusedNumber } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { selectIn } from '../archive/rows.js';

/** What is read as another because one person has both under one number, around these resources: as merges lead to survivors. */
export async function reusedAliases(
  manager: EntityManager,
  ids: readonly string[],
): Promise<readonly ChartAssertion[]> {
  const find = (column: 'memberId' | 'survivorId', keys: readonly string[]) =>
    selectIn<ReusedNumber>(manager, `SELECT * FROM reused_number WHERE survivorId IS NOT NULL AND ${column} IN`, {
      keys,
    });
  const survivors = (await find('memberId', ids)).flatMap(({ survivorId }) => survivorId ?? []);
  return (await find('survivorId', [...ids, ...survivors])).map(aliasOf);
}

function aliasOf({ memberId, survivorId }: ReusedNumber): ChartAssertion {
  const ends = { firstKey: survivorId ?? memberId, secondKey: memberId };
  const state = { version: 1, kind: 'merge', state: 'in-force', rule: 'operator' } as const;
  return { id: `reused ${memberId}`, ...state, ...ends, at: '', causeEventId: null };
}
