import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** An unknown sender that waits for an operator. */
@Entity('source_contact')
@Index('source_contact_binding', ['facility', 'application'], { unique: true })
export class SourceContact {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  id!: string;

  @Column({ type: 'varchar', length: 199 })
  facility!: string;

  @Column({ type: 'varchar', length: 199 })
  application!: string;

  @Column({ type: 'varchar', length: 64 })
  address!: string;

  /** `sha256:<hex>` of the client certificate it came with last; null without one. */
  @Column({ type: 'varchar', length: 80, nullable: true })
  certificate!: string | null;

  @Column({ type: 'varchar', length: timeLength })
  firstAt!: string;

  @Column({ type: 'varchar', length: timeLength })
  lastAt!: string;

  @Column({ type: 'int' })
  attempts!: number;
}
