import { aheadMsMax } from '@anamnesis/fhir';
import type { Position } from '../row-source.js';
import { isOfMysql, reachesGtids } from './gtids.js';
import { microsOf, microsText } from './micros.js';

/** Where the log has been followed to. */
export interface BinlogPlace {
  /** Absent: the tables have not been read whole yet. */
  readonly file?: string;
  readonly offset?: number;
  /** Preferred over file and offset, since it holds on another server, too; absent on a MySQL without GTIDs. */
  readonly gtid?: string;
  /** MySQL: the `server_uuid` that file and offset belong to. */
  readonly server?: string;
  /** Rows told of the transaction after it. */
  readonly skip: number;
  /** Time of the last change; the next one is later. */
  readonly at: string;
  /** The tables and keys that this was told of. */
  readonly tables: string;
  /** Tables that were emptied at once before it, if not all rows were compared since. */
  readonly emptied?: readonly string[];
}

/** How a server names the places of its log. */
export interface ServerLog {
  readonly isMariaDb: boolean;
  /** Transactions have names that hold on other servers: always on MariaDB, on MySQL with `gtid_mode = ON`. */
  readonly hasGtids: boolean;
  /** MySQL's; undefined on MariaDB. */
  readonly uuid: string | undefined;
}

const never = microsText(0);

/** The stored place, as far as it fits the tables that are read now. */
export function placeOf(position: Position | undefined, tables: string): BinlogPlace {
  if (position === undefined) return { skip: 0, at: never, tables };
  const place = position as unknown as BinlogPlace;
  // Rows are counted over the tables that are read: with other tables the count says nothing.
  return place.tables === tables ? place : { ...place, skip: 0 };
}

export function isRead({ file }: BinlogPlace): boolean {
  return file !== undefined;
}

/** A microsecond later than the last one where the clock says nothing later: the order of changes is that of their times. */
export function later(place: BinlogPlace, micros: number): string {
  const last = microsOf(place.at);
  return microsText(isAhead(last) ? micros : Math.max(micros, last + 1));
}

/** The last time to go on from: one that is ahead of our clock would be that of all that comes until then. */
export function lastOf(place: BinlogPlace, at: string): string {
  return isAhead(microsOf(at)) ? place.at : at;
}

function isAhead(micros: number): boolean {
  return micros > (Date.now() + aheadMsMax) * 1000;
}

/** Has everything up to `target` been told? */
export function reaches(place: BinlogPlace, target: BinlogPlace): boolean {
  if (place.gtid !== undefined && target.gtid !== undefined) return reachesGtids(place.gtid, target.gtid);
  const [own, other] = [place.file ?? '', target.file ?? ''];
  if (own === other) return (place.offset ?? 0) >= (target.offset ?? 0);
  return own.length === other.length ? own > other : own.length > other.length;
}

/** What a request for the log by file and offset has room for (COM_BINLOG_DUMP: four bytes). */
const offsetMax = 0xffff_ffff;

/**
 * Why this server cannot be asked for what comes after the place; undefined where it can. A file is longer than 4 GiB when
 * one transaction is.
 */
export function whyUnaskable(place: BinlogPlace, server: ServerLog): 'server-changed' | 'log-offset' | undefined {
  const { gtid, offset = 0 } = place;
  if (gtid !== undefined) {
    const isItsKind = gtid === '' || isOfMysql(gtid) !== server.isMariaDb;
    return isItsKind && server.hasGtids ? undefined : 'server-changed';
  }
  if (place.server !== undefined && place.server !== server.uuid) return 'server-changed';
  return offset > offsetMax ? 'log-offset' : undefined;
}
