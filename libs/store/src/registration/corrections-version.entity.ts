import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** One version of the corrections file of a source; never changed, never deleted. */
@Entity('corrections_version')
export class CorrectionsVersion {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  @PrimaryColumn({ type: 'int' })
  version!: number;

  /** SHA-256 of the file, lower-case hex: what a preview is of. */
  @Column({ type: 'varchar', length: 64 })
  digest!: string;

  /** As it was written. */
  @Column({ type: 'text' })
  file!: string;

  @Column({ type: 'varchar', length: 255 })
  reason!: string;

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
