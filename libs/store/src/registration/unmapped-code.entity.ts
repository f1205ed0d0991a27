import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A code of one source that came alone and was not translated. */
@Entity('unmapped_code')
export class UnmappedCode {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  /** Digest of system and code. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'varchar', length: 255 })
  system!: string;

  @Column({ type: 'varchar', length: 64 })
  code!: string;

  @Column({ type: 'varchar', length: 120, nullable: true })
  display!: string | null;

  /** Where it came last. */
  @Column({ type: 'varchar', length: 40 })
  location!: string;

  /** Messages. */
  @Column({ type: 'int' })
  count!: number;

  @Column({ type: 'varchar', length: timeLength })
  firstAt!: string;

  @Column({ type: 'varchar', length: timeLength })
  lastAt!: string;
}
