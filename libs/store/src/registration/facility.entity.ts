import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** An organisation that sends. */
@Entity('facility')
export class Facility {
  /** Derived from the name, so that one name is one facility. */
  @PrimaryColumn({ type: 'varchar', length: 16 })
  id!: string;

  /** MSH-4.1. */
  @Column({ type: 'varchar', length: 199 })
  name!: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  title!: string | null;

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
