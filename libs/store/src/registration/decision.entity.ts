import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** What registration decided on one generation of one event. Never changed, but for `anchoredAt`. */
@Entity('decision')
@Index('decision_anchoring', ['sourceId', 'outcome', 'anchoredAt', 'decidedAt'])
@Index('decision_message', ['sourceId', 'messageId'])
export class Decision {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  eventId!: string;

  @PrimaryColumn({ type: 'int' })
  generation!: number;

  @Column({ type: 'varchar', length: 16 })
  outcome!: 'certified' | 'refused';

  @Column({ type: 'varchar', length: 32, nullable: true })
  code!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  reason!: string | null;

  /** Comma-separated names. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  warnings!: string | null;

  @Column({ type: 'varchar', length: 16, nullable: true })
  sourceId!: string | null;

  @Column({ type: 'varchar', length: 199 })
  messageId!: string;

  @Column({ type: 'int' })
  ordinal!: number;

  @Column({ type: 'varchar', length: 64 })
  certificateSerial!: string;

  /** Of the signed header that was judged, lower-case hex. */
  @Column({ type: 'varchar', length: 64 })
  headerDigest!: string;

  /** The published certification as JSON. */
  @Column({ type: 'text', nullable: true })
  certification!: string | null;

  @Column({ type: 'varchar', length: 32 })
  recordKey!: string;

  @Column({ type: 'varchar', length: timeLength })
  decidedAt!: string;

  @Column({ type: 'varchar', length: timeLength })
  appendedAt!: string;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  anchoredAt!: string | null;
}
