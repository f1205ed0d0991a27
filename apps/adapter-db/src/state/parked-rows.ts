import type Database from 'libsql';
import type { Finding } from '@anamnesis/core';

/** Why something of a row is not told. */
export type ParkedFinding = Pick<Finding, 'rule' | 'location' | 'text'>;

export interface ParkedRow {
  /** As in the id of its messages: what only this deployment can make of its key. */
  readonly named: string;
  readonly findings: readonly [ParkedFinding, ...ParkedFinding[]];
  /** Nothing of a resource was stated: the whole of it is still to be said. Otherwise values were left out. */
  readonly isWithheld: boolean;
}

export interface ListedRow extends ParkedRow {
  readonly table: string;
  readonly keyHash: string;
  /** ISO 8601 UTC. */
  readonly since: string;
}

interface Stored extends Pick<ListedRow, 'named' | 'since'> {
  readonly name: string;
  readonly key: string;
  readonly findings: string;
  readonly withheld: number;
}

/**
 * Rows of one source that could not be told, or not all of them; they themselves are among the known rows. What is done here
 * is part of the book's transaction, and the counts are those of what was kept.
 */
export class ParkedRows {
  readonly #statements: ReturnType<typeof prepare>;
  #counts: Map<string, number>;
  #isTouched = false;
  #isChanged = true;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
    this.#counts = this.#count();
  }

  /** Rows by the rule that is to blame first. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  find(table: string, keyHash: string): ListedRow | undefined {
    if (this.#counts.size === 0) return undefined;
    const [found] = this.#statements.find.all(table, keyHash) as Stored[];
    return found && listed(found);
  }

  /** Keeps since when it was parked. */
  put(table: string, keyHash: string, { named, findings, isWithheld }: ParkedRow): void {
    const known = this.find(table, keyHash);
    const since = known?.since ?? new Date().toISOString();
    const [{ rule }] = findings;
    const text = JSON.stringify(findings);
    this.#statements.put.run(table, keyHash, named, rule, text, since, isWithheld ? 1 : 0);
    if (known !== undefined) this.#add(known.findings[0].rule, -1);
    this.#add(rule, 1);
  }

  drop(table: string, keyHash: string): void {
    const known = this.find(table, keyHash);
    if (known === undefined) return;
    this.#statements.drop.run(table, keyHash);
    this.#add(known.findings[0].rule, -1);
  }

  /** In the order of tables and key hashes, those after `after`. */
  list(after: Pick<ListedRow, 'table' | 'keyHash'>, limit: number): readonly ListedRow[] {
    return (this.#statements.list.all(after.table, after.keyHash, limit) as Stored[]).map(listed);
  }

  /** The book's transaction was kept, or not. */
  settle(isKept: boolean): void {
    if (!this.#isTouched) return;
    if (isKept) this.#isChanged = true;
    else this.#counts = this.#count();
    this.#isTouched = false;
  }

  /** Is the list another than when this was asked last? */
  takeChanged(): boolean {
    const wasChanged = this.#isChanged;
    this.#isChanged = false;
    return wasChanged;
  }

  #add(rule: string, change: number): void {
    const count = (this.#counts.get(rule) ?? 0) + change;
    if (count > 0) this.#counts.set(rule, count);
    else this.#counts.delete(rule);
    this.#isTouched = true;
  }

  #count(): Map<string, number> {
    const rows = this.#statements.count.all() as { reason: string; rows: number }[];
    return new Map(rows.map(({ reason, rows: count }) => [reason, count]));
  }
}

function listed({ name, key, findings, withheld, named, since }: Stored): ListedRow {
  const parsed = JSON.parse(findings) as ParkedRow['findings'];
  return { table: name, keyHash: key, named, findings: parsed, since, isWithheld: withheld === 1 };
}

function prepare(database: Database.Database) {
  return {
    find: database.prepare('SELECT * FROM parked_row WHERE name = ? AND key = ?'),
    put: database.prepare('INSERT OR REPLACE INTO parked_row VALUES (?, ?, ?, ?, ?, ?, ?)'),
    drop: database.prepare('DELETE FROM parked_row WHERE name = ? AND key = ?'),
    list: database.prepare('SELECT * FROM parked_row WHERE (name, key) > (?, ?) ORDER BY name, key LIMIT ?'),
    count: database.prepare('SELECT reason, COUNT(*) AS rows FROM parked_row GROUP BY reason'),
  };
}
