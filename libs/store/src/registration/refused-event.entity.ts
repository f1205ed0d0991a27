import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** An event that registration refused, kept until an operator replays it. */
@Entity('refused_event')
export class RefusedEvent {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  eventId!: string;

  /** Of the decision that holds or, after a replay, of the one to come. */
  @Column({ type: 'int' })
  generation!: number;

  @Column({ type: 'varchar', length: 16 })
  state!: 'open' | 'requeued' | 'certified';

  @Column({ type: 'varchar', length: 32 })
  code!: string;

  @Column({ type: 'varchar', length: 255 })
  reason!: string;

  @Index('refused_event_source')
  @Column({ type: 'varchar', length: 16, nullable: true })
  sourceId!: string | null;

  @Column({ type: 'varchar', length: 199 })
  facility!: string;

  @Column({ type: 'varchar', length: 199 })
  application!: string;

  @Column({ type: 'varchar', length: 199 })
  messageId!: string;

  @Column({ type: 'varchar', length: 64 })
  messageType!: string;

  @Column({ type: 'varchar', length: 64 })
  eventType!: string;

  /** Key of the bus record. */
  @Column({ type: 'varchar', length: 255 })
  recordKey!: string;

  /** Header and raw bytes, sealed under the key-encryption key. */
  @Column({ type: 'blob' })
  sealedRecord!: Buffer;

  /** When the bus took the event first: what revocation and expiry are judged by, whenever it is replayed. */
  @Column({ type: 'varchar', length: timeLength })
  appendedAt!: string;

  @Index('refused_event_at')
  @Column({ type: 'varchar', length: timeLength })
  refusedAt!: string;

  /** An operator's decision that the revocation does not concern this event. */
  @Column({ type: 'boolean' })
  isRevokedAccepted!: boolean;

  @Column({ type: 'varchar', length: 255, nullable: true })
  replayReason!: string | null;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  replayedAt!: string | null;
}
