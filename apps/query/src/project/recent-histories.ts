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
  /** Statements in all of them, each history counted as one more. */
  #count = 0;

  /** Whoever takes it is the only one to have it. */
  take(name: string, { sealed, remappedSeq }: Omit<RecentHistory, 'statements'>): RecentStatements | undefined {
    const kept = this.#drop(name);
    return kept?.remappedSeq === remappedSeq && kept.sealed.equals(sealed) ? kept.statements : undefined;
  }

  keep(name: string, history: RecentHistory): void {
    this.#drop(name);
    history.statements.keepLast(statementsMax);
    this.#kept.set(name, history);
    this.#count += history.statements.count + 1;
    for (const oldest of this.#kept.keys()) {
      if (this.#count <= statementsMaxOfAll) return;
      this.#drop(oldest);
    }
  }

  #drop(name: string): RecentHistory | undefined {
    const kept = this.#kept.get(name);
    if (kept === undefined) return undefined;
    this.#kept.delete(name);
    this.#count -= kept.statements.count + 1;
    return kept;
  }
}
