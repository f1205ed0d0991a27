import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A step of a source from one phase to another. Never changed: which history an event belongs to hangs on it. */
@Entity('source_phase')
export class SourcePhaseChange {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  /** From 1. */
  @PrimaryColumn({ type: 'int' })
  version!: number;

  @Column({ type: 'varchar', length: 16 })
  phase!: 'draft' | 'testing' | 'certified';

  /** From this moment on, by the bus's time of an event. */
  @Column({ type: 'varchar', length: timeLength })
  since!: string;

  /** Role and token of who asked for it. */
  @Column({ type: 'varchar', length: 64 })
  changedBy!: string;

  @Column({ type: 'varchar', length: 255 })
  reason!: string;

  /** JSON: findings that were accepted when the source passed. */
  @Column({ type: 'text', nullable: true })
  accepted!: string | null;
}
