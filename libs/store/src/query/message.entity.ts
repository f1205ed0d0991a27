import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** What was received and what became of it: one row per event, and one per message refused at intake. No patient values. */
@Entity('message')
@Index('message_received', ['receivedAt', 'id'])
@Index('message_state', ['state', 'receivedAt', 'id'])
@Index('message_record', ['recordKey', 'receivedAt'])
@Index('message_facility', ['facility', 'receivedAt'])
@Index('message_source', ['facility', 'application', 'seq'])
export class Message {
  /** The event id, or the id of the refusal. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** Null when refused at intake. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  eventId!: string | null;

  @Column({ type: 'varchar', length: 255 })
  facility!: string;

  @Column({ type: 'varchar', length: 255 })
  application!: string;

  /** Control ids repeat in old systems: an index, not a key. */
  @Index('message_control_id')
  @Column({ type: 'varchar', length: 255 })
  controlId!: string;

  @Column({ type: 'varchar', length: 64 })
  messageType!: string;

  @Column({ type: 'varchar', length: timeLength })
  receivedAt!: string;

  @Column({ type: 'varchar', length: 16 })
  state!: 'refused' | 'certified' | 'anchored';

  @Column({ type: 'varchar', length: 40, nullable: true })
  code!: string | null;

  @Column({ type: 'varchar', length: 500, nullable: true })
  reason!: string | null;

  /** Record of the subject; null for messages without one. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  recordKey!: string | null;

  /** Event type; null when refused at intake. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  type!: string | null;

  /** Name of the mapping that read it; `unmapped` when there is none. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  mapping!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  correlationId!: string | null;

  /** Archive entry of its newest state. */
  @Column({ type: 'int' })
  seq!: number;

  /** Of the source's code table at intake; null when it had none, or when nothing was mapped. */
  @Column({ type: 'int', nullable: true })
  tableVersion!: number | null;

  /** Places whose text is in doubt, `PID^1^5: undecodable`, separated by commas; null when there are none, and in rows of before. */
  @Column({ type: 'varchar', length: 500, nullable: true })
  flags!: string | null;
}
