import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MysqlConnection } from '@anamnesis/fhir';
import type { ConnectionOptions } from 'mysql2/promise';
import type { RowBook } from '../../state/row-book.js';
import type { Batch, Deliver, Position, RowSource } from '../row-source.js';
import { SourceFault } from '../source-fault.js';
import type { SourceWatch } from '../source-watch.js';
import { type BinlogPlace, isRead, later, placeOf, reaches } from './binlog-place.js';
import type { ColumnTypes } from './canonical-row.js';
import { batchRows, compareTables } from './compare-tables.js';
import { foldItems, upTo } from './fold-items.js';
import { judgeFailure } from './judge-failure.js';
import { LogStream } from './log-stream.js';
import { microsOf } from './micros.js';
import { connectionOptions, placeOfTable, withConnection } from './mysql-connection.js';
import { preflight, type Server } from './preflight.js';
import { columnTypes, Snapshot } from './snapshot.js';

export interface BinlogTimes {
  readonly heartbeatMs: number;
  /** Between two comparisons of all rows with what the log told; 0: none but those that a guard asks for. */
  readonly reconcileMs: number;
  /** A guard asks for a comparison; the next one is not begun before. */
  readonly rereadMs: number;
  /** Shortest and longest wait before the connection is made again. */
  readonly reconnectMs: readonly [number, number];
}

export interface BinlogSourceOptions {
  readonly connection: MysqlConnection;
  /** Names the source among the server's replicas where the connection has no `serverId`. */
  readonly name: string;
  /** Key columns by table, parents before children. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly book: Pick<RowBook, 'beginReading' | 'endReading' | 'see' | 'unseen'>;
  readonly watch: SourceWatch;
  readonly times: BinlogTimes;
  /** Rows that wait in memory before the server has to. */
  readonly waitingMax: number;
}

/** After so many failures at the same place what comes next in the log is taken as unreadable. */
const triesMax = 8;
/** Without GTIDs in its place, for what the log names by file and offset (MySQL). */
const uuidLike = ['uuid', 'inet4', 'inet6'];

/** What `deliver` threw, told apart from what the server did. */
class DeliveryFailed extends Error {
  constructor(override readonly cause: unknown) {
    super('not delivered');
  }
}

/**
 * The tables of a MySQL or MariaDB server by its binary log: all rows as they were at one place of the log, then what the
 * log says from there on. Where the log cannot say what happened (it was purged, a statement or a cascade changed rows, a
 * connection wrote none) all rows are compared with what was told, at a place of the log again.
 */
export class BinlogSource implements RowSource {
  readonly #options: BinlogSourceOptions;
  readonly #tables: string;
  readonly #stopping = new AbortController();
  #place!: BinlogPlace;
  #deliver!: Deliver;
  #log: LogStream | undefined;
  #running: Promise<void> | undefined;
  #parents: readonly string[] = [];
  #readDueAtMs = Infinity;
  #readAtMs = -Infinity;

  constructor(options: BinlogSourceOptions) {
    this.#options = options;
    this.#tables = Object.entries(options.keys)
      .map(([table, key]) => `${table}(${key.join(',')})`)
      .join(' ');
  }

  start(from: Position | undefined, deliver: Deliver): Promise<void> {
    this.#deliver = deliver;
    this.#place = placeOf(from, this.#tables);
    // Rows of a table that was not read before are in no log.
    if (from !== undefined && this.#place.tables !== this.#tables) this.#readDueAtMs = 0;
    this.#running = this.#run();
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#log?.wake();
    await this.#running?.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const [shortest, longest] = this.#options.times.reconnectMs;
    let pauseMs = shortest;
    let tries = 0;
    let before = this.#place;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#follow();
        pauseMs = shortest;
      } catch (problem) {
        if (problem instanceof DeliveryFailed) throw problem.cause;
        if (this.#stopping.signal.aborted) return;
        tries = this.#place === before ? tries + 1 : 1;
        if (this.#place !== before) pauseMs = shortest;
        before = this.#place;
        if (await this.#recover(problem, tries)) continue;
        await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, longest);
      }
    }
  }

  /** Is there something to go on with at once? Throws what only a person can mend. */
  async #recover(problem: unknown, tries: number): Promise<boolean> {
    const { kind, reason } = judgeFailure(problem);
    this.#options.watch.reconnecting(reason);
    if (kind === 'clash') this.#options.watch.guard('server-id-clash', {});
    const isUnreadable = reason === 'broken' && tries >= triesMax;
    if (kind !== 'gap' && !isUnreadable) return false;
    if (!isRead(this.#place)) return false;
    await this.#tellGap(isUnreadable ? 'log-unreadable' : reason);
    return true;
  }

  /** From here on everything is compared: nothing more is asked of the log before. */
  async #tellGap(reason: string): Promise<void> {
    const { file = '', offset = 0, gtid, at, tables } = this.#place;
    this.#options.watch.guard(reason, {});
    const now = later(this.#place, Date.now() * 1000);
    const from = gtid ?? `${file}:${offset}`;
    await this.#tell({ gap: { reason, from, to: 'read', at: now }, changes: [] }, { skip: 0, at, tables });
  }

  /** One connection, until it breaks, a comparison is done or `stop`. */
  async #follow(): Promise<void> {
    const { connection, name, keys, watch } = this.#options;
    const options = connectionOptions(connection);
    const serverId = connection.serverId ?? serverIdOf(name);
    const { database } = connection;
    const { server, types } = await withConnection(options, async (open) => ({
      server: await preflight(open, { database, keys, serverId, watch }),
      types: await typesOf(Object.keys(keys), (table) => columnTypes(open, placeOfTable(table, database))),
    }));
    this.#parents = server.cascadingParents;
    let snapshot: Snapshot | undefined;
    try {
      if (isRead(this.#place)) snapshot = await this.#stream({ options, server, types, serverId });
      else snapshot = await Snapshot.open(options, database, server.isMariaDb);
      if (snapshot !== undefined) await this.#compare(snapshot);
    } finally {
      snapshot?.close();
    }
  }

  /** Tells what the log says; resolves to a snapshot, once a comparison is due, when its place is reached. */
  async #stream(opened: {
    readonly options: ConnectionOptions;
    readonly server: Server;
    readonly types: Readonly<Record<string, ColumnTypes>>;
    readonly serverId: number;
  }): Promise<Snapshot | undefined> {
    const { options, server, types, serverId } = opened;
    const { connection, times, waitingMax, watch } = this.#options;
    const { database } = connection;
    const { file = '', offset = 0, gtid, skip } = this.#place;
    const log = new LogStream({
      ...{ connection: options, serverId, heartbeatMs: times.heartbeatMs, waitingMax, types, database },
      tables: Object.keys(this.#options.keys),
      from: { file, offset, skip, ...(gtid !== undefined && { gtid }) },
    });
    this.#log = log;
    const beat = setInterval(() => {
      log.wake();
    }, times.heartbeatMs);
    let snapshot: Snapshot | undefined;
    try {
      while (!this.#stopping.signal.aborted) {
        if (snapshot === undefined && this.#isReadDue())
          snapshot = await Snapshot.open(options, database, server.isMariaDb);
        if (
          snapshot !== undefined &&
          this.#place.skip === 0 &&
          reaches(this.#place, { ...this.#place, ...snapshot.place })
        )
          return snapshot;
        const items = await log.take(batchRows);
        if (items.length > 0)
          await this.#tellItems(snapshot === undefined ? items : upTo(snapshot.place, items, this.#place));
        watch.waiting(log.waiting);
        if (log.waiting === 0) watch.caughtUp();
      }
      snapshot?.close();
      return undefined;
    } catch (problem) {
      snapshot?.close();
      throw problem;
    } finally {
      clearInterval(beat);
      this.#log = undefined;
      await log.close();
    }
  }

  async #tellItems(items: Parameters<typeof foldItems>[0]): Promise<void> {
    const { keys, watch, times } = this.#options;
    const { changes, place, guards } = foldItems(items, this.#place, keys);
    for (const { guard, table } of guards) watch.guard(guard, table === undefined ? {} : { table });
    // What the engine itself did to the rows below is in no log.
    const isCascading = changes.some(({ op, table }) => op === 'd' && this.#parents.includes(table));
    if (isCascading || guards.length > 0)
      this.#readDueAtMs = Math.min(this.#readDueAtMs, this.#readAtMs + times.rereadMs);
    await this.#tell({ changes }, place);
  }

  #isReadDue(): boolean {
    const { reconcileMs } = this.#options.times;
    if (this.#readAtMs === -Infinity) this.#readAtMs = performance.now();
    const dueAtMs = reconcileMs === 0 ? this.#readDueAtMs : Math.min(this.#readDueAtMs, this.#readAtMs + reconcileMs);
    return performance.now() >= dueAtMs;
  }

  async #compare(snapshot: Snapshot): Promise<void> {
    const { book, keys, watch } = this.#options;
    const { at: clock, ...place } = snapshot.place;
    const reading = book.beginReading(later(this.#place, microsOf(clock)), this.#place.at);
    const found = await compareTables(snapshot, {
      ...{ book, keys, reading },
      deliver: (changes) => this.#tell({ changes }, this.#place),
    });
    await this.#tell({ changes: [] }, { ...place, skip: 0, at: reading.at, tables: this.#tables });
    book.endReading();
    watch.compared(found);
    this.#readDueAtMs = Infinity;
    this.#readAtMs = performance.now();
  }

  async #tell(batch: Omit<Batch, 'position'>, place: BinlogPlace): Promise<void> {
    if (this.#stopping.signal.aborted) throw new SourceFault('stopping', 'the source is being stopped');
    try {
      await this.#deliver({ ...batch, position: { ...place } });
    } catch (problem) {
      throw new DeliveryFailed(problem);
    }
    this.#place = place;
  }
}

/** Types that a log of rows does not tell and a table says: by table and column. */
async function typesOf(
  tables: readonly string[],
  typesOfTable: (table: string) => Promise<ColumnTypes>,
): Promise<Readonly<Record<string, ColumnTypes>>> {
  const found: Record<string, ColumnTypes> = {};
  for (const table of tables) {
    const types = Object.entries(await typesOfTable(table));
    found[table] = Object.fromEntries(types.filter(([, type]) => uuidLike.includes(type)));
  }
  return found;
}

/** In the upper half, where those that people choose are not. */
function serverIdOf(name: string): number {
  return (createHash('sha256').update(name).digest().readUInt32BE(0) | 0x8000_0000) >>> 0;
}
