import { resourceId } from '@anamnesis/core';
import { ReusedNumber } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { replaceAll, select, selectIn } from '../archive/rows.js';
import type { NumberAliases } from './number-aliases.js';
import { reusableIdsIn, withReferences } from './own-references.js';
import { isReusable } from './read-as.js';
import type { Stated } from './resource-fold.js';

/** A patient record of which something was said under a number, and the archive entry that did it first. */
export interface Speaker {
  readonly recordKey: string;
  readonly seq: number;
}

/**
 * Numbers of orders, results and documents that a source used for more than one patient record. What it said of each record
 * is a resource of its own: the first one keeps the number's id, and of each other one the id follows from both. While
 * records are one person, all of theirs is read as the one that came first, as merged visits are.
 */
export class ReusedNumbers {
  /** By the id that the number gives, in the order in which records came to it. */
  readonly #rows = new Map<string, ReusedNumber[]>();
  readonly #byMember = new Map<string, ReusedNumber>();
  readonly #sought = new Set<string>();
  readonly #changed = new Set<ReusedNumber>();
  #isAny: boolean | undefined;

  constructor(
    private readonly manager: EntityManager,
    private readonly deploymentKey: Uint8Array,
  ) {}

  /** What is known of the numbers that these statements are about or refer to. */
  async load(statements: readonly Pick<Stated, 'resourceType' | 'id' | 'slots'>[]): Promise<void> {
    if (await this.#hasNone()) return;
    const ids = statements.flatMap(({ resourceType, id, slots }) => [
      ...(isReusable(resourceType) ? [id] : []),
      ...reusableIdsIn(slots),
    ]);
    await this.#fetch(ids);
  }

  /** What is known of the numbers under which these resources, or these records, were spoken of. */
  async loadOf(column: 'memberId' | 'recordKey', keys: readonly string[]): Promise<readonly ReusedNumber[]> {
    if (await this.#hasNone()) return [];
    const found = await this.#select(column, keys);
    const ids = [...new Set(found.map(({ numberId }) => numberId))];
    await this.#fetch(ids);
    return ids.flatMap((id) => this.rowsOf(id));
  }

  /** Of a number; empty while it was used for one record. */
  rowsOf(numberId: string): readonly ReusedNumber[] {
    return this.#rows.get(numberId) ?? [];
  }

  /** The number under which the resource was spoken of: its own id, where it has that. */
  numberOf(memberId: string): string {
    return this.#byMember.get(memberId)?.numberId ?? memberId;
  }

  /** The statement as about what its patient has under the number, by what was known at this place of the archive. */
  named<One extends Stated>(statement: One, seq: number): One {
    if (statement.isOfPatient !== true || this.#rows.size === 0) return statement;
    const memberOf = (numberId: string) =>
      this.rowsOf(numberId).find((row) => row.recordKey === statement.recordKey && row.seq <= seq)?.memberId ??
      numberId;
    const id = isReusable(statement.resourceType) ? memberOf(statement.id) : statement.id;
    const slots = withReferences(statement.slots, (_, numberId) => memberOf(numberId)) as One['slots'];
    return id === statement.id && slots === statement.slots ? statement : { ...statement, id, slots };
  }

  /** From here on the number is this record's too: `earlier` had it before, the first of them under the number's own id. */
  add(
    { resourceType, id: numberId }: Pick<Stated, 'resourceType' | 'id'>,
    speaker: Speaker,
    earlier: readonly Speaker[],
  ): void {
    this.#sought.add(numberId);
    this.#isAny = true;
    const row = { numberId, resourceType, survivorId: null };
    // More than one before: an earlier version of the product made one resource of what was said of them, until a rebuild.
    const known =
      this.rowsOf(numberId).length > 0 ? [] : earlier.map((one) => ({ ...row, ...one, memberId: numberId }));
    const memberId = memberIdOf(this.deploymentKey, resourceType, [numberId, speaker.recordKey]);
    for (const one of [...known, { ...row, ...speaker, memberId }]) {
      this.#keep(one);
      this.#changed.add(one);
    }
  }

  /** Says again what is read as what, by which records are one person. */
  join(numberId: string, links: NumberAliases): void {
    const rows = this.rowsOf(numberId);
    for (const row of rows) {
      const person = links.connectedWith(row.recordKey);
      const first = rows.find(({ recordKey }) => person.has(recordKey));
      const survivorId = first === undefined || first.memberId === row.memberId ? null : first.memberId;
      if (survivorId === row.survivorId) continue;
      row.survivorId = survivorId;
      this.#changed.add(row);
    }
  }

  survivorsOf(memberId: string): readonly string[] {
    const survivorId = this.#byMember.get(memberId)?.survivorId;
    return survivorId == null ? [] : [survivorId];
  }

  /** What is read as the resource, itself first. */
  membersOf(memberId: string): readonly string[] {
    const others = this.rowsOf(this.numberOf(memberId)).filter(({ survivorId }) => survivorId === memberId);
    return [...new Set([memberId, ...others.map((row) => row.memberId)])];
  }

  async flush(): Promise<void> {
    await replaceAll(this.manager, ReusedNumber, [...this.#changed]);
    this.#changed.clear();
  }

  #keep(row: ReusedNumber): void {
    const rows = [...this.rowsOf(row.numberId), row].sort((a, b) => a.seq - b.seq);
    this.#rows.set(row.numberId, rows);
    if (!this.#byMember.has(row.memberId)) this.#byMember.set(row.memberId, row);
  }

  async #hasNone(): Promise<boolean> {
    this.#isAny ??= (await select(this.manager, 'SELECT numberId FROM reused_number LIMIT 1')).length > 0;
    return !this.#isAny;
  }

  async #fetch(numberIds: readonly string[]): Promise<void> {
    const keys = numberIds.filter((id) => !this.#sought.has(id));
    for (const id of keys) this.#sought.add(id);
    for (const row of await this.#select('numberId', keys)) this.#keep(row);
  }

  #select(column: 'numberId' | 'memberId' | 'recordKey', keys: readonly string[]): Promise<ReusedNumber[]> {
    const sql = `SELECT * FROM reused_number WHERE ${column} IN`;
    return selectIn<ReusedNumber>(this.manager, sql, { keys });
  }
}

/** Id of what is said of a record under a number that another one had before. */
function memberIdOf(deploymentKey: Uint8Array, resourceType: string, key: readonly string[]): string {
  return resourceId(deploymentKey, resourceType, 'urn:anamnesis:reused', JSON.stringify(key));
}
