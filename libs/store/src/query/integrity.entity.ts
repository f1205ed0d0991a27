import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A stored value that is not what the archive, the certification or the ledger say it is. Kept until it agrees again. */
@Entity('integrity_finding')
export class IntegrityFinding {
  /** Table of the value. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  place!: string;

  /** Event id, `Type/id` or `Type/id/version`. */
  @PrimaryColumn({ type: 'varchar', length: 120 })
  subject!: string;

  @Column({ type: 'varchar', length: 16 })
  fault!: 'altered' | 'missing' | 'surplus' | 'unreadable';

  @Index('integrity_finding_event')
  @Column({ type: 'varchar', length: 32, nullable: true })
  eventId!: string | null;

  @Column({ type: 'varchar', length: timeLength })
  foundAt!: string;
}

/** One row: how far the continuous audit is, and what the last whole one saw. */
@Entity('integrity_progress')
export class IntegrityProgress {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  /** Last archive entry that the continuous audit read. */
  @Column({ type: 'int' })
  seq!: number;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  wholeAt!: string | null;

  @Column({ type: 'int' })
  wholeEntries!: number;

  @Column({ type: 'int' })
  wholeFindings!: number;
}
