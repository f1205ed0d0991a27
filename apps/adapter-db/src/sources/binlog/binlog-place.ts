import type { Position } from '../row-source.js';
import { GtidPosition } from './gtid-position.js';
import { microsOf, microsText } from './micros.js';

/** Where the log has been followed to. */
export interface BinlogPlace {
  /** Absent: the tables have not been read whole yet. */
  readonly file?: string;
  readonly offset?: number;
  /** MariaDB: preferred over file and offset, since it holds on another server, too. */
  readonly gtid?: string;
  /** Rows told of the transaction after it. */
  readonly skip: number;
  /** Time of the last change; the next one is later. */
  readonly at: string;
  /** The tables and keys that this was told of. */
  readonly tables: string;
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
  return microsText(Math.max(micros, microsOf(place.at) + 1));
}

/** Has everything up to `target` been told? */
export function reaches(place: BinlogPlace, target: BinlogPlace): boolean {
  if (place.gtid !== undefined && target.gtid !== undefined)
    return GtidPosition.parse(place.gtid).reaches(GtidPosition.parse(target.gtid));
  const [own, other] = [place.file ?? '', target.file ?? ''];
  if (own === other) return (place.offset ?? 0) >= (target.offset ?? 0);
  return own.length === other.length ? own > other : own.length > other.length;
}
