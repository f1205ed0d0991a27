import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A blocking finding about one type of message of a source in testing. Begun anew with every period of testing. */
@Entity('source_blocker')
export class SourceBlocker {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  /** Digest of rule, location, text and message type. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'varchar', length: 40 })
  rule!: string;

  @Column({ type: 'varchar', length: 40 })
  location!: string;

  @Column({ type: 'varchar', length: 255 })
  text!: string;

  /** `ADT^A01`; empty when every type is meant. */
  @Column({ type: 'varchar', length: 64 })
  messageType!: string;

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

  /** Messages of the type that were taken without it since. */
  @Column({ type: 'int' })
  cleanOfType!: number;

  /** Messages of any type that were taken without it since. */
  @Column({ type: 'int' })
  cleanOfAny!: number;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  acceptedAt!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  acceptedBy!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  acceptedReason!: string | null;
}
