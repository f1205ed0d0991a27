import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** How far `intake.refused` is counted: what comes again is not counted again. */
@Entity('refusal_position')
export class RefusalPosition {
  @PrimaryColumn({ type: 'int' })
  partitionId!: number;

  @Column({ type: 'int' })
  lastOffset!: number;

  /** By the bus. A later one under a smaller offset is of a bus that began anew. */
  @Column({ type: 'varchar', length: timeLength })
  appendedAt!: string;
}
