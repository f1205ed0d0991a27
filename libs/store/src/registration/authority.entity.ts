import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** An assigning authority: issuer of patient identifiers. */
@Entity('authority')
export class Authority {
  @PrimaryColumn({ type: 'varchar', length: 255 })
  system!: string;

  @Column({ type: 'varchar', length: 16 })
  scope!: 'facility' | 'enterprise' | 'national';

  @Column({ type: 'varchar', length: 199, nullable: true })
  issuer!: string | null;

  /** `due`: records that were there before the authority was declared are still to be compared. */
  @Column({ type: 'varchar', length: 8 })
  linking!: 'off' | 'due' | 'done';

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
