import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MysqlConnection } from '@anamnesis/fhir';
import { canonicalJson, type Row, type RowChange } from '@anamnesis/core';
import { BinlogSource, type BinlogTimes } from '../src/sources/binlog/binlog-source.js';
import { ask, connectionOptions, withConnection } from '../src/sources/binlog/mysql-connection.js';
import { Snapshot } from '../src/sources/binlog/snapshot.js';
import type { Batch, Gap } from '../src/sources/row-source.js';
import { RowBook } from '../src/state/row-book.js';

const times: BinlogTimes = { heartbeatMs: 500, reconcileMs: 0, rereadMs: 0, reconnectMs: [20, 200] };

export interface FollowerOptions {
  readonly connection: MysqlConnection;
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** That the mapping reads. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  readonly times?: Partial<BinlogTimes>;
  readonly waitingMax?: number;
  /** Before the position of a batch is stored, as the process may end there; throw for that. */
  readonly beforeKept?: (batch: Batch) => void | Promise<void>;
}

/** A source that is read into a copy of its tables, with every change that came, each once. */
export class Follower {
  readonly #directory = mkdtempSync(join(tmpdir(), 'anamnesis-follower-'));
  readonly changes: RowChange[] = [];
  readonly gaps: Gap[] = [];
  readonly guards: string[] = [];
  readonly lost: string[] = [];
  readonly compared: Readonly<Record<'r' | 'u' | 'd', number>>[] = [];
  /** By table and key. */
  readonly copy = new Map<string, Row>();
  /** Changes that say that a row was what the copy does not have. */
  readonly contradictions: RowChange[] = [];
  readonly #seen = new Set<string>();
  repeats = 0;
  caughtUp = 0;
  /** Undefined: the server is none. */
  isReplicaLate: boolean | undefined;
  waitingMost = 0;
  failure: unknown;
  #source: BinlogSource | undefined;
  readonly #book = new RowBook(join(this.#directory, 'rows.db'), Buffer.alloc(32, 7));
  #running: Promise<void> | undefined;

  constructor(public options: FollowerOptions) {}

  start(): void {
    const book = this.#book;
    const { connection, keys, columns = {} } = this.options;
    const source = new BinlogSource({
      ...{ connection, keys, columns, book, name: this.#directory, waitingMax: this.options.waitingMax ?? 2000 },
      times: { ...times, ...this.options.times },
      watch: {
        state: () => undefined,
        guard: (kind) => this.guards.push(kind),
        reconnecting: (reason) => this.lost.push(reason),
        caughtUp: () => this.caughtUp++,
        replica: (_, isLate) => (this.isReplicaLate = isLate),
        waiting: (rows) => (this.waitingMost = Math.max(this.waitingMost, rows)),
        compared: (found) => this.compared.push(found),
      },
    });
    this.#source = source;
    this.failure = undefined;
    this.#running = source
      .start(book.position, async (batch) => {
        if (batch.gap !== undefined) this.gaps.push(batch.gap);
        for (const change of batch.changes) {
          this.#take(change);
          book.apply(change);
        }
        await this.options.beforeKept?.(batch);
        book.keep(batch.position);
      })
      .catch((problem: unknown) => {
        this.failure = problem;
      });
  }

  /** Ends it as a stop or a crash does: what was not kept is forgotten. */
  async stop(): Promise<void> {
    await this.#source?.stop();
    await this.#running;
    this.#book.discard();
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.#book.close();
    rmSync(this.#directory, { recursive: true });
  }

  /** What a reader of the tables sees now, as the copy would have it. */
  async tables(): Promise<ReadonlyMap<string, Row>> {
    const { connection, keys } = this.options;
    const reach = { options: connectionOptions(connection), signal: new AbortController().signal };
    const [version] = await withConnection(reach, (open) => ask(open, 'SELECT VERSION() AS version'));
    const log = { isMariaDb: /mariadb/i.test(String(version?.['version'])), hasGtids: false, uuid: undefined };
    const snapshot = await Snapshot.open(reach, connection.database, log);
    const rows = new Map<string, Row>();
    for (const [table, key] of Object.entries(keys))
      for await (const row of snapshot.rows(table, key))
        rows.set(
          nameOf(
            table,
            key.map((one) => row[one] ?? null),
          ),
          row,
        );
    snapshot.close();
    return rows;
  }

  #take(change: RowChange): void {
    const id = canonicalJson(change);
    if (this.#seen.has(id)) {
      this.repeats++;
      return;
    }
    this.#seen.add(id);
    this.changes.push(change);
    const name = nameOf(change.table, change.key);
    const known = this.copy.get(name);
    if (change.before !== undefined && !isSame(known, change.before)) this.contradictions.push(change);
    if (change.after === undefined) this.copy.delete(name);
    else this.copy.set(name, change.after);
  }
}

export function nameOf(table: string, key: RowChange['key']): string {
  return `${table} ${canonicalJson(key)}`;
}

/** In the columns that both have: a column that was just added is in one of them. */
function isSame(known: Row | undefined, before: Row): boolean {
  if (known === undefined) return false;
  return Object.entries(before).every(
    ([column, value]) => !(column in known) || canonicalJson(known[column]) === canonicalJson(value),
  );
}
