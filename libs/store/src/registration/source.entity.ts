import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A facility's application that may send. */
@Entity('source')
@Index('source_binding', ['facility', 'application'], { unique: true })
export class Source {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  id!: string;

  @Column({ type: 'varchar', length: 199 })
  facility!: string;

  @Column({ type: 'varchar', length: 199 })
  application!: string;

  @Column({ type: 'varchar', length: 16 })
  state!: 'active' | 'suspended';

  @Column({ type: 'boolean' })
  isOpen!: boolean;

  /** The whole `SourceFact` as JSON; the columns beside it are for keys and searches. */
  @Column({ type: 'text' })
  fact!: string;

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
