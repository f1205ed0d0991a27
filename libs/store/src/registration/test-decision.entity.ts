import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** What registration decided on an event of a source in testing. Never changed. */
@Entity('test_decision')
export class TestDecision {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  eventId!: string;

  @Column({ type: 'varchar', length: 16, nullable: true })
  sourceId!: string | null;

  /** Of the signed header that was judged, lower-case hex. */
  @Column({ type: 'varchar', length: 64 })
  headerDigest!: string;

  /** The published verdict as JSON. */
  @Column({ type: 'text' })
  verdict!: string;

  @Column({ type: 'varchar', length: timeLength })
  appendedAt!: string;
}
