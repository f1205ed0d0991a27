import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** Two patient records that an operator holds to be different people; first < second. */
@Entity('not_same')
export class NotSame {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  firstKey!: string;

  @Index('not_same_second')
  @PrimaryColumn({ type: 'varchar', length: 32 })
  secondKey!: string;

  @Column({ type: 'varchar', length: timeLength })
  decidedAt!: string;

  @Column({ type: 'varchar', length: 64 })
  actor!: string;

  @Column({ type: 'varchar', length: 255 })
  reason!: string;
}
