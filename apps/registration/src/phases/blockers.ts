import { SourceBlocker } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { stands } from './blocking.js';

/** A finding that holds a source in testing back, or did. No values. */
export interface BlockerView {
  readonly id: string;
  readonly rule: string;
  readonly location: string;
  readonly text: string;
  /** `ADT^A01`; empty when every type is meant. */
  readonly messageType: string;
  /** It holds the source back: neither settled nor accepted. */
  readonly stands: boolean;
  /** Messages. */
  readonly count: number;
  /** ISO 8601 UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** MSH-10 of the latest; empty where no message is at fault. */
  readonly lastControlId: string;
  /** Messages of the type that were taken without it since. */
  readonly cleanSince: number;
  readonly accepted: { readonly at: string; readonly by: string; readonly reason: string } | null;
}

/** What holds the source back first, the latest first. */
export async function blockersOf(manager: EntityManager, sourceId: string): Promise<readonly BlockerView[]> {
  const rows = await manager.find(SourceBlocker, { where: { sourceId }, order: { lastAt: 'DESC', id: 'ASC' } });
  return rows.map(viewOf).sort((a, b) => Number(b.stands) - Number(a.stands));
}

export function viewOf(row: Pick<SourceBlocker, keyof SourceBlocker>): BlockerView {
  const { id, rule, location, text, messageType, count, firstAt, lastAt, lastMessageId, cleanOfType } = row;
  const { acceptedAt, acceptedBy, acceptedReason } = row;
  return {
    ...{ id, rule, location, text, messageType, stands: stands(row), count, firstAt, lastAt },
    lastControlId: lastMessageId,
    cleanSince: cleanOfType,
    accepted: acceptedAt === null ? null : { at: acceptedAt, by: acceptedBy ?? '', reason: acceptedReason ?? '' },
  };
}
