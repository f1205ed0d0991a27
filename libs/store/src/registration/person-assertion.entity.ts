import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A link or merge between two patient records, visits or accounts, as last published. */
@Entity('person_assertion')
export class PersonAssertionRow {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'int' })
  version!: number;

  @Column({ type: 'varchar', length: 8 })
  kind!: 'link' | 'merge' | 'visit' | 'account';

  @Column({ type: 'varchar', length: 16 })
  state!: 'in-force' | 'undone';

  @Index('person_assertion_first')
  @Column({ type: 'varchar', length: 32 })
  firstKey!: string;

  @Index('person_assertion_second')
  @Column({ type: 'varchar', length: 32 })
  secondKey!: string;

  /** The whole `PersonAssertion` as JSON. */
  @Column({ type: 'text' })
  assertion!: string;

  @Index('person_assertion_at')
  @Column({ type: 'varchar', length: timeLength })
  changedAt!: string;
}
