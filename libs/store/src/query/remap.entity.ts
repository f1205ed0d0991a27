import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** An event that was mapped again, and said something else than before: one row each time, the highest `seq` holds. */
@Entity('remapped_event')
export class RemappedEvent {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  eventId!: string;

  /** Of the mapping of its structure. */
  @PrimaryColumn({ type: 'int' })
  mappingVersion!: number;

  /** Of the source's code table; 0 without one. */
  @PrimaryColumn({ type: 'int' })
  tableVersion!: number;

  /** Archive entry with the statements. */
  @Index('remapped_event_seq')
  @Column({ type: 'int' })
  seq!: number;
}

/**
 * How far the events of a source have been mapped again. No projection: it says what is still to be archived, and a rebuild
 * leaves it alone. Changed only under the lock of the archive.
 */
@Entity('remap_progress')
export class RemapProgress {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  @Column({ type: 'varchar', length: 255 })
  facility!: string;

  @Column({ type: 'varchar', length: 255 })
  application!: string;

  /** Of the code table that is applied; 0: the source has none, and an operator asked. */
  @Column({ type: 'int' })
  tableVersion!: number;

  /** Every event, also those that were mapped with this table at intake. */
  @Column({ type: 'boolean' })
  isEverything!: boolean;

  /** Archive entries up to this one are done. */
  @Column({ type: 'int' })
  seq!: number;

  /** Events to look at; null until they were counted. */
  @Column({ type: 'int', nullable: true })
  total!: number | null;

  @Column({ type: 'int' })
  done!: number;

  /** Of `done`: those that say something else now. */
  @Column({ type: 'int' })
  changed!: number;

  /** Of `done`: those that could not be mapped again as the same event. */
  @Column({ type: 'int' })
  kept!: number;

  @Column({ type: 'varchar', length: timeLength })
  startedAt!: string;

  /** Null while there is something to do. */
  @Column({ type: 'varchar', length: timeLength, nullable: true })
  finishedAt!: string | null;
}
