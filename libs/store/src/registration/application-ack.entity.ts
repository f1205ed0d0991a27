import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** An application acknowledgement (MSH-16) that is owed to the sender of a message, in the order of `seq`. */
@Entity('application_ack')
@Index('application_ack_source', ['sourceId', 'state'])
@Index('application_ack_state', ['state', 'createdAt'])
export class ApplicationAck {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  /** Id of the message's first event, or of its refusal at intake. */
  @Index('application_ack_id', { unique: true })
  @Column({ type: 'varchar', length: 40 })
  id!: string;

  @Column({ type: 'varchar', length: 16 })
  sourceId!: string;

  /** The sender's MSH-10: our MSA-2. */
  @Column({ type: 'varchar', length: 199 })
  messageId!: string;

  /** Our MSH-10, the same at each attempt. */
  @Column({ type: 'varchar', length: 40 })
  controlId!: string;

  @Column({ type: 'varchar', length: 2 })
  code!: string;

  /** Unframed; nothing of a patient is in it. */
  @Column({ type: 'blob' })
  content!: Buffer;

  /** `refused`: answered negatively, which ends it too. */
  @Column({ type: 'varchar', length: 16 })
  state!: 'waiting' | 'taken' | 'refused' | 'given-up';

  /** MSA-1 of its answer; why it was given up. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  result!: string | null;

  /** Again when an operator has it sent again: its life counts from here. */
  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  settledAt!: string | null;
}
