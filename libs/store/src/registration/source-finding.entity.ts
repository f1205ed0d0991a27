import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** How often one source broke one rule at one place, kept with the decisions. */
@Entity('source_finding')
export class SourceFinding {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  /** Digest of rule, location and text. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'varchar', length: 40 })
  rule!: string;

  @Column({ type: 'varchar', length: 40 })
  location!: string;

  @Column({ type: 'varchar', length: 255 })
  text!: string;

  /** Of the latest value. */
  @Column({ type: 'varchar', length: 100, nullable: true })
  shape!: string | null;

  /** Messages. */
  @Column({ type: 'int' })
  count!: number;

  @Column({ type: 'varchar', length: timeLength })
  firstAt!: string;

  @Column({ type: 'varchar', length: timeLength })
  lastAt!: string;

  /** Control id of the latest message. */
  @Column({ type: 'varchar', length: 199 })
  lastMessageId!: string;
}
