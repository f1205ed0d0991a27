import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A one-time token, known by its keyed digest alone. */
@Entity('enrolment_token')
export class EnrolmentToken {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  digest!: string;

  @Column({ type: 'varchar', length: 16 })
  sourceId!: string;

  @Column({ type: 'varchar', length: timeLength })
  expiresAt!: string;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  usedAt!: string | null;
}
