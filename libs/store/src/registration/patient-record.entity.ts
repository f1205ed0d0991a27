import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** One number of one authority and what its messages claim of the patient. */
@Entity('patient_record')
export class PatientRecord {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  recordKey!: string;

  /** Place among all records by first certification, from 1. */
  @Index('patient_record_ordinal', { unique: true })
  @Column({ type: 'int' })
  ordinal!: number;

  @Column({ type: 'varchar', length: 255 })
  system!: string;

  @Column({ type: 'varchar', length: 255 })
  value!: string;

  /** That used the number first. */
  @Column({ type: 'varchar', length: 199 })
  facility!: string;

  @Column({ type: 'varchar', length: 10, nullable: true })
  birthDate!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  familyName!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  givenName!: string | null;

  @Column({ type: 'varchar', length: 8, nullable: true })
  sex!: string | null;

  /** Family names claimed before, normalised, JSON list. */
  @Column({ type: 'text', nullable: true })
  formerNames!: string | null;

  @Column({ type: 'boolean' })
  isDeceased!: boolean;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  deceasedSince!: string | null;

  /** Time of the latest claim taken into these columns. */
  @Column({ type: 'varchar', length: timeLength, nullable: true })
  claimedAt!: string | null;

  @Column({ type: 'varchar', length: timeLength })
  lastActivityAt!: string;
}
