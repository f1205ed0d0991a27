import { setTimeout as sleep } from 'node:timers/promises';
import type { RowChange } from '@anamnesis/core';
import type { RowBook } from '../../state/row-book.js';
import type { Deliver, Position, RowSource } from '../row-source.js';
import { isRead, later, placeOf, whyUnaskable } from './binlog-place.js';
import { compareTables } from './compare-tables.js';
import { EmptiedTables } from './emptied-tables.js';
import { followLog, openSnapshot } from './follow-log.js';
import { judgeFailure } from './judge-failure.js';
import { microsOf } from './micros.js';
import { openServer, type OpenServerOptions } from './open-server.js';
import { ReadingDue, type ReadingTimes } from './reading-due.js';
import { ReplicaLag } from './replica-lag.js';
import type { Snapshot } from './snapshot.js';
import { DeliveryFailed, Teller } from './teller.js';

export interface BinlogTimes extends ReadingTimes {
  readonly heartbeatMs: number;
  /** Shortest and longest wait before the connection is made again. */
  readonly reconnectMs: readonly [number, number];
}

export interface BinlogSourceOptions extends OpenServerOptions {
  readonly book: Pick<
    RowBook,
    | 'find'
    | 'forget'
    | 'beginReading'
    | 'endReading'
    | 'keepFound'
    | 'found'
    | 'see'
    | 'reshape'
    | 'unseen'
    | 'comparedAt'
    | 'comparisonAsked'
  >;
  readonly times: BinlogTimes;
  /** Rows that wait in memory before the server has to. */
  readonly waitingMax: number;
}

/** After so many failures at the same place what comes next in the log is taken as unreadable. */
const triesMax = 8;

/**
 * The tables of a MySQL or MariaDB server by its binary log: all rows as they were at one place of the log, then what the
 * log says from there on. Where the log cannot say what happened (it was purged, a statement or a cascade changed rows, a
 * connection wrote none) all rows are compared with what was told, at a place of the log again.
 */
export class BinlogSource implements RowSource {
  readonly #options: BinlogSourceOptions;
  /** Tables and keys: what a place in the middle of a transaction was counted over. */
  readonly #tables: string;
  readonly #due: ReadingDue;
  readonly #emptied: EmptiedTables;
  readonly #lag: ReplicaLag;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: BinlogSourceOptions) {
    this.#options = options;
    this.#due = new ReadingDue(options.times, options.book);
    this.#emptied = new EmptiedTables(options.book);
    this.#lag = new ReplicaLag(options.watch);
    this.#tables = Object.entries(options.keys)
      .map(([table, key]) => `${table}(${key.join(',')})`)
      .join(' ');
  }

  start(from: Position | undefined, deliver: Deliver): Promise<void> {
    const place = placeOf(from, this.#tables);
    // Rows of a table that was not read before are in no log.
    if (place.tables !== this.#tables) this.#due.ask();
    // A table may be in the middle of being filled again.
    if (this.#emptied.remember(place.emptied)) this.#due.settle();
    this.#running = this.#run(new Teller(place, deliver, this.#stopping.signal));
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.catch(() => undefined);
  }

  async #run(teller: Teller): Promise<void> {
    const { signal } = this.#stopping;
    const [shortest, longest] = this.#options.times.reconnectMs;
    let pauseMs = shortest;
    let tries = 0;
    while (!signal.aborted) {
      const before = teller.place;
      try {
        await this.#follow(teller);
        tries = 0;
      } catch (problem) {
        if (problem instanceof DeliveryFailed) throw problem.cause;
        if (isAborted(signal)) return;
        tries = teller.place === before ? tries + 1 : 1;
        if (await this.#recover(problem, tries, teller)) continue;
        pauseMs = tries === 1 ? shortest : Math.min(pauseMs * 2, longest);
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Is there something to go on with at once? Throws what only a person can mend. */
  async #recover(problem: unknown, tries: number, teller: Teller): Promise<boolean> {
    const { kind, reason } = judgeFailure(problem);
    const { watch } = this.#options;
    watch.reconnecting(reason);
    if (kind === 'clash') watch.guard('server-id-clash', {});
    const isUnreadable = reason === 'broken' && tries >= triesMax;
    if ((kind !== 'gap' && !isUnreadable) || !isRead(teller.place)) return false;
    await this.#tellGap(isUnreadable ? 'log-unreadable' : reason, teller);
    return true;
  }

  /** Nothing before this is asked of the log any more: everything is compared. */
  async #tellGap(reason: string, teller: Teller): Promise<void> {
    this.#options.watch.guard(reason, {});
    const { file = '', offset = 0, gtid, at: last, tables } = teller.place;
    const at = later(teller.place, Date.now() * 1000);
    const gap = { reason, from: gtid ?? `${file}:${offset}`, at };
    await teller.tell({ gap, changes: [] }, { skip: 0, at: last, tables });
  }

  /** One connection, until it breaks, a comparison is done or `stop`. */
  async #follow(teller: Teller): Promise<void> {
    const { keys, watch, times, waitingMax } = this.#options;
    const { signal } = this.#stopping;
    await this.#tellFound(teller);
    const server = await openServer({ ...this.#options, signal });
    watch.state('reading');
    this.#lag.look(server.replica);
    const unaskable = whyUnaskable(teller.place, server);
    if (unaskable !== undefined) await this.#tellGap(unaskable, teller);
    const following = {
      ...{ teller, keys, watch, signal, waitingMax },
      ...{ due: this.#due, emptied: this.#emptied, lag: this.#lag },
      heartbeatMs: times.heartbeatMs,
    };
    const snapshot = isRead(teller.place) ? await followLog(server, following) : await openSnapshot(server, signal);
    if (snapshot === undefined) return;
    const close = () => {
      snapshot.close();
    };
    signal.addEventListener('abort', close);
    try {
      signal.throwIfAborted();
      await this.#compare(snapshot, teller);
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }

  /** What a comparison found before the process ended, or the bus did not take. */
  async #tellFound(teller: Teller): Promise<void> {
    const { found } = this.#options.book;
    if (found === undefined) return;
    const changes = found.changes.filter(({ table }) => table in this.#options.keys);
    await teller.tell({ changes }, placeOf(found.position, this.#tables));
  }

  async #compare(snapshot: Snapshot, teller: Teller): Promise<void> {
    const { book, keys, columns, watch } = this.#options;
    const { at: clock, ...place } = snapshot.place;
    const reading = book.beginReading(later(teller.place, microsOf(clock)));
    const deliver = (changes: readonly RowChange[]) => {
      // What the log tells of these rows after a crash is later than this.
      const reached = { ...teller.place, at: reading.at };
      book.keepFound({ changes, position: reached });
      return teller.tell({ changes }, reached);
    };
    const found = await compareTables(snapshot, { book, keys, columns, reading, deliver });
    await teller.tell({ changes: [] }, { ...place, skip: 0, at: reading.at, tables: this.#tables });
    book.endReading();
    watch.compared(found);
    this.#due.done();
    this.#emptied.compared();
  }
}

/** Asked again after something was waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
