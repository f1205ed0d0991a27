import type { RecentStatements } from '@anamnesis/core';

/** Statements about one resource, and about all of them together, at most. */
const statementsMax = 4_096;
const statementsMaxOfAll = 32_768;

/** The end of a resource's history, and what it is the end of. */
export interface RecentHistory {
  readonly statements: RecentStatements;
  /** Its newest version as it is stored: no other one was ever sealed to these bytes. */
  readonly sealed: Buffer;
  /** The last entry of the archive that had mapped an event again. */
  readonly remappedSeq: number;
}

/**
 * Ends of histories that one piece of work leaves to the next in the same process. What a piece of work adds may be undone, and
 * another process may add more: an end is good only while the newest version is still the one that it was left with.
 */
export class RecentHistories {
  /** By `type/id`, those used last at the end. */
  readonly #kept = new Map<string, RecentHistory>();

  /** Whoever takes it is the only one to have it. */
  take(name: string, { sealed, remappedSeq }: Omit<RecentHistory, 'statements'>): RecentStatements | undefined {
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    return kept?.remappedSeq === remappedSeq && kept.sealed.equals(sealed) ? kept.statements : undefined;
  }

  keep(name: string, history: RecentHistory): void {
    history.statements.keepLast(statementsMax);
    this.#kept.set(name, history);
    let count = 0;
    for (const { statements } of this.#kept.values()) count += statements.count;
    for (const [oldest, { statements }] of this.#kept) {
      if (count <= statementsMaxOfAll) return;
      this.#kept.delete(oldest);
      count -= statements.count;
    }
  }
}
