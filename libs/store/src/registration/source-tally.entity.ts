import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** Counts of one source, kept with the decisions. */
@Entity('source_tally')
export class SourceTally {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  @Column({ type: 'int' })
  certified!: number;

  @Column({ type: 'int' })
  refused!: number;

  /** Events that passed while the source was in testing. */
  @Column({ type: 'int', default: 0 })
  tested!: number;

  /** Messages that used the control id of another message. */
  @Column({ type: 'int' })
  controlIdReuses!: number;

  @Column({ type: 'varchar', length: timeLength })
  lastMessageAt!: string;
}
