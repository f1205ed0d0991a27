import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** One time that a version was switched on, or all of them off; never changed, never deleted. */
@Entity('corrections_switch')
export class CorrectionsSwitch {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  /** From 1, per source. */
  @PrimaryColumn({ type: 'int' })
  ordinal!: number;

  /** 0 = none is on. */
  @Column({ type: 'int' })
  version!: number;

  /** Messages that the version had been previewed on; 0 when switching off. */
  @Column({ type: 'int' })
  previewedMessages!: number;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  previewedAt!: string | null;

  @Column({ type: 'varchar', length: 255 })
  reason!: string;

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
