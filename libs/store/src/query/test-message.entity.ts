import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/**
 * What a source said in testing, one row an event. Apart from `message`: whoever reads what was received of patients never meets
 * it. No patient values.
 */
@Entity('test_message')
@Index('test_message_received', ['receivedAt', 'id'])
@Index('test_message_source', ['facility', 'application', 'receivedAt'])
@Index('test_message_key', ['testKey', 'seq'])
export class TestMessage {
  /** The event id. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'varchar', length: 255 })
  facility!: string;

  @Column({ type: 'varchar', length: 255 })
  application!: string;

  @Column({ type: 'varchar', length: 255 })
  controlId!: string;

  @Column({ type: 'varchar', length: 64 })
  messageType!: string;

  @Column({ type: 'varchar', length: timeLength })
  receivedAt!: string;

  /** Why it would have been refused; null when it would have been certified. */
  @Column({ type: 'varchar', length: 40, nullable: true })
  code!: string | null;

  @Column({ type: 'varchar', length: 500, nullable: true })
  reason!: string | null;

  /** What it shares with others of its source about the same patient. No key of a patient record. */
  @Column({ type: 'varchar', length: 32 })
  testKey!: string;

  /** Archive entry. */
  @Column({ type: 'int' })
  seq!: number;
}
