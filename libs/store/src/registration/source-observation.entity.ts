import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** What one adapter instance last said of one source. */
@Entity('source_observation')
export class SourceObservation {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  adapter!: string;

  /** Answers by acknowledgement code, JSON. */
  @Column({ type: 'text' })
  answers!: string;

  @Column({ type: 'int' })
  ackMsP99!: number;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  lastMessageAt!: string | null;

  @Column({ type: 'varchar', length: timeLength })
  observedAt!: string;
}
