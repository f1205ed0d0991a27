import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A fact that is decided and still to be published, in the order of `id`. */
@Entity('registration_outbox')
export class RegistrationOutbox {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  @Column({ type: 'varchar', length: 64 })
  topic!: string;

  /** Key of the bus record. */
  @Column({ type: 'varchar', length: 512 })
  recordKey!: string;

  @Column({ type: 'text' })
  header!: string;

  @Index('registration_outbox_published')
  @Column({ type: 'varchar', length: timeLength, nullable: true })
  publishedAt!: string | null;
}
