import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** What an entry of the archive was on the bus; `remapped` was none: query made it of a certified one. */
export type ArchiveKind = 'certified' | 'anchored' | 'person' | 'refused' | 'intake' | 'remapped' | 'test';

/**
 * One fact that query took from the bus, or a later mapping of one, for good and sealed. Every projection is a function of these rows in the order
 * of `seq`: it can be dropped and made again from them alone.
 */
@Entity('archive_entry')
export class ArchiveEntry {
  /** Without gaps, from 1. */
  @PrimaryColumn({ type: 'int' })
  seq!: number;

  @Column({ type: 'varchar', length: 16 })
  kind!: ArchiveKind;

  /**
   * `certified:<event id>`, `anchored:<batch id>`, `person:<assertion id>:<version>`,
   * `remapped:<event id>:<mapping version>.<table version>` …: a redelivery finds it taken.
   */
  @Index('archive_entry_key', { unique: true })
  @Column({ type: 'varchar', length: 150 })
  entryKey!: string;

  /** Whose content key seals it. */
  @Index('archive_entry_record')
  @Column({ type: 'varchar', length: 32 })
  recordKey!: string;

  /** When it was projected first; `meta.lastUpdated` of what it changed, also after a rebuild. Never goes back. */
  @Column({ type: 'varchar', length: timeLength })
  at!: string;

  @Column({ type: 'blob' })
  sealed!: Buffer;
}

/** One row: the last `seq` and `at`. Updated first in every projecting transaction, so that they come one by one. */
@Entity('archive_cursor')
export class ArchiveCursor {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  @Column({ type: 'int' })
  seq!: number;

  @Column({ type: 'varchar', length: timeLength })
  at!: string;
}

/** The key that seals the content of one patient record (or source), wrapped under the KEK. Destroyed, it is erased. */
@Entity('content_key')
export class ContentKey {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  recordKey!: string;

  @Column({ type: 'blob' })
  wrapped!: Buffer;
}
