import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** The listener of a source, to which application acknowledgements go: one adapter at a time speaks to it. */
@Entity('acknowledgement_listener')
export class AcknowledgementListener {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  /** That failed, since the last one that did not. */
  @Column({ type: 'int' })
  attempts!: number;

  @Column({ type: 'varchar', length: timeLength })
  nextAttemptAt!: string;

  @Column({ type: 'varchar', length: 64, nullable: true })
  leasedBy!: string | null;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  leasedUntil!: string | null;
}
