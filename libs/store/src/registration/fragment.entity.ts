import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A fragment of a message (DSC, MSH-14) as it was received, kept until the message is complete and some time longer. */
@Entity('message_fragment')
@Index('message_fragment_source', ['sourceId', 'state'])
@Index('message_fragment_state', ['state', 'receivedAt'])
export class Fragment {
  /** The id that its first event would have. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'varchar', length: 16 })
  sourceId!: string;

  @Column({ type: 'varchar', length: 199 })
  facility!: string;

  @Column({ type: 'varchar', length: 199 })
  application!: string;

  /** MSH-10. */
  @Column({ type: 'varchar', length: 199 })
  controlId!: string;

  @Column({ type: 'varchar', length: 128 })
  messageType!: string;

  @Column({ type: 'varchar', length: 16 })
  protocol!: string;

  @Column({ type: 'varchar', length: 16 })
  authentication!: string;

  @Column({ type: 'varchar', length: 40, nullable: true })
  charset!: string | null;

  /** MSH-14; empty in the first fragment. */
  @Column({ type: 'varchar', length: 180 })
  continues!: string;

  /** DSC-1; empty in the last fragment. */
  @Column({ type: 'varchar', length: 180 })
  pointer!: string;

  @Column({ type: 'int' })
  sizeBytes!: number;

  /** `incomplete`: given up waiting, and still completed by what comes late. `refused`: over the limit of a message. */
  @Column({ type: 'varchar', length: 16 })
  state!: 'open' | 'incomplete' | 'assembled' | 'refused' | 'discarded';

  /** First fragment of its message, and the place in it, once assembled. */
  @Index('message_fragment_whole')
  @Column({ type: 'varchar', length: 32, nullable: true })
  wholeId!: string | null;

  @Column({ type: 'int', nullable: true })
  place!: number | null;

  /** When the bus took it. */
  @Column({ type: 'varchar', length: timeLength })
  receivedAt!: string;

  /** Since when it is no longer open. */
  @Column({ type: 'varchar', length: timeLength, nullable: true })
  settledAt!: string | null;

  /** Why an operator discarded it. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  reason!: string | null;

  /** Its bytes, sealed under the key-encryption key. */
  @Column({ type: 'blob' })
  sealedBytes!: Buffer;
}
