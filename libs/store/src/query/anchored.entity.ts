import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A sealed batch that the ledger holds. No patient data. */
@Entity('anchored_batch')
export class AnchoredBatchRow {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  batchId!: string;

  @Column({ type: 'varchar', length: 64 })
  root!: string;

  @Column({ type: 'varchar', length: 64 })
  previousRoot!: string;

  @Column({ type: 'int' })
  size!: number;

  @Column({ type: 'varchar', length: timeLength })
  anchoredAt!: string;

  /** The leaves in order, 32 bytes each. */
  @Column({ type: 'blob' })
  leaves!: Buffer;

  /** The ledger's receipt, JSON. */
  @Column({ type: 'blob' })
  anchor!: Buffer;

  /** The ledger's evidence, JSON. */
  @Column({ type: 'blob' })
  evidence!: Buffer;
}

/** Where an event's leaf is. */
@Entity('anchored_leaf')
export class AnchoredLeaf {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  eventId!: string;

  @Index('anchored_leaf_batch')
  @Column({ type: 'varchar', length: 64 })
  batchId!: string;

  /** In the batch, from 0. */
  @Column({ type: 'int' })
  position!: number;
}
