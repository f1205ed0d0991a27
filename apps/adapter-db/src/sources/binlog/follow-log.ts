import { type CascadingParent, isCascading } from './cascades.js';
import { clockGuards } from './clock-guards.js';
import type { EmptiedTables } from './emptied-tables.js';
import type { LogItem } from './event-reader.js';
import { foldItems, upTo } from './fold-items.js';
import { reaches } from './binlog-place.js';
import { LogStream } from './log-stream.js';
import type { OpenedServer } from './open-server.js';
import type { ReadingDue } from './reading-due.js';
import type { ReplicaLag } from './replica-lag.js';
import { Snapshot, type SnapshotPlace } from './snapshot.js';
import type { SourceWatch } from '../source-watch.js';
import type { Teller } from './teller.js';

/**
 * Rows and commits in one batch, after which the position moves: while its last rows are signed and stored nothing new is
 * mapped.
 */
const batchItemsMax = 4000;

/** Heartbeats between two looks at a replica. */
const beatsOfLook = 3;

export interface FollowOptions {
  readonly teller: Teller;
  readonly due: ReadingDue;
  readonly emptied: EmptiedTables;
  readonly lag: ReplicaLag;
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly watch: SourceWatch;
  readonly signal: AbortSignal;
  readonly heartbeatMs: number;
  readonly waitingMax: number;
}

/**
 * Tells what the log says over one connection; throws when that breaks. When a comparison is due it takes a snapshot,
 * goes on to the place of it, where what was told is what the snapshot should hold, and resolves to it. Undefined: stopped, or
 * to be begun again.
 */
export async function followLog(server: OpenedServer, options: FollowOptions): Promise<Snapshot | undefined> {
  const { signal, heartbeatMs } = options;
  const log = openLog(server, options);
  const wake = () => {
    log.wake();
  };
  const beat = setInterval(wake, heartbeatMs);
  const stopLooking = options.lag.watchOver({ options: server.options, signal }, heartbeatMs * beatsOfLook);
  signal.addEventListener('abort', wake);
  const taken: Taken = { snapshot: undefined };
  try {
    return await tellUntilRead(log, server, { ...options, taken });
  } catch (problem) {
    taken.snapshot?.close();
    throw problem;
  } finally {
    clearInterval(beat);
    stopLooking();
    signal.removeEventListener('abort', wake);
    await log.close();
  }
}

/** The snapshot that was taken and is not reached yet. */
interface Taken {
  snapshot: Snapshot | undefined;
}

async function tellUntilRead(
  log: LogStream,
  server: OpenedServer,
  options: FollowOptions & { readonly taken: Taken },
): Promise<Snapshot | undefined> {
  const { due, teller, signal, taken } = options;
  while (!signal.aborted) {
    if (taken.snapshot === undefined && due.isDue) taken.snapshot = await openSnapshotUnlessBusy(server, options);
    const place = taken.snapshot?.place;
    if (isAt(teller, place)) return taken.snapshot;
    // Beyond the place of a snapshot nothing is told: it will be read again.
    const items = upTo(place, await log.take(batchItemsMax), teller.place);
    await tellItems(items, server.cascadingParents, options);
    // Of a table that was emptied ahead of its place it may have the middle of a restore.
    if (due.isSettling && taken.snapshot !== undefined) break;
    sayHowFar(log, options);
  }
  taken.snapshot?.close();
  return undefined;
}

function sayHowFar({ waiting }: LogStream, { watch, lag }: FollowOptions): void {
  watch.waiting(waiting);
  if (waiting === 0 && !lag.isBehind) watch.caughtUp();
}

/** A long statement of the hospital's stands in the way of a lock: what the log says is told meanwhile. */
async function openSnapshotUnlessBusy(
  server: OpenedServer,
  { due, watch, signal }: FollowOptions,
): Promise<Snapshot | undefined> {
  try {
    return await openSnapshot(server, signal);
  } catch (problem) {
    if ((problem as { code?: string }).code !== 'ER_LOCK_WAIT_TIMEOUT') throw problem;
    due.postpone();
    watch.guard('comparison-waits', {});
    return undefined;
  }
}

export function openSnapshot({ options, database, ...log }: OpenedServer, signal: AbortSignal): Promise<Snapshot> {
  return Snapshot.open({ options, signal }, database, log);
}

function openLog(server: OpenedServer, { teller, keys, heartbeatMs, waitingMax }: FollowOptions): LogStream {
  const { options: connection, database, serverId, types } = server;
  const { file = '', offset = 0, gtid, skip } = teller.place;
  return new LogStream({
    ...{ connection, serverId, database, types, heartbeatMs, waitingMax },
    tables: Object.keys(keys),
    from: { file, offset, skip, ...(gtid !== undefined && { gtid }) },
  });
}

/** In the middle of a transaction it is at no place of a snapshot. */
function isAt({ place }: Teller, target: SnapshotPlace | undefined): boolean {
  return target !== undefined && place.skip === 0 && reaches(place, { ...place, ...target });
}

async function tellItems(
  items: readonly LogItem[],
  cascadingParents: readonly CascadingParent[],
  { teller, keys, watch, due, emptied }: FollowOptions,
): Promise<void> {
  if (items.length === 0) return;
  const { changes, place, guards } = foldItems(items, teller.place, keys);
  for (const { guard, tables } of guards) watch.guard(guard, tables === undefined ? {} : { table: tables.join(', ') });
  for (const { guard, table } of clockGuards(items, teller.place)) watch.guard(guard, { table });
  // What the engine itself did to the rows below is in no log.
  if (isCascading(changes, cascadingParents) || guards.length > 0) due.ask();
  if (emptied.note(guards) || emptied.isRefilledBy(changes)) due.settle();
  await teller.tell({ changes: emptied.told(changes) }, emptied.at(place));
}
