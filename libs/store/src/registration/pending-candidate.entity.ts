import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** Two patient records that may be one person, or two numbers that a merge names: waits for an operator. */
@Entity('pending_candidate')
@Index('pending_candidate_state', ['state', 'openedAt'])
export class PendingCandidate {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'varchar', length: 16 })
  kind!: 'candidate' | 'merge' | 'visit' | 'account';

  /** `settled`: what held it back went away by itself. */
  @Column({ type: 'varchar', length: 16 })
  state!: 'open' | 'same' | 'not-same' | 'settled';

  /** Comma-separated names. */
  @Column({ type: 'varchar', length: 255 })
  guards!: string;

  @Index('pending_candidate_first')
  @Column({ type: 'varchar', length: 32 })
  firstKey!: string;

  @Index('pending_candidate_second')
  @Column({ type: 'varchar', length: 32 })
  secondKey!: string;

  @Column({ type: 'varchar', length: 255 })
  system!: string;

  @Column({ type: 'varchar', length: 32, nullable: true })
  eventId!: string | null;

  @Column({ type: 'varchar', length: timeLength })
  openedAt!: string;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  decidedAt!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  actor!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  reason!: string | null;
}
