import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** Of an organisation's name: an MSP id on Fabric. */
export const organisationLength = 64;

/** A commitment to one certified event, waiting for its batch or in it. */
@Entity('leaf')
@Index('leaf_event', ['eventId'], { unique: true })
@Index('leaf_batch', ['batchId', 'sequence'])
export class Leaf {
  /** Order of collection; the order inside a batch. */
  @PrimaryGeneratedColumn({ type: 'integer' })
  sequence!: number;

  @Column({ type: 'varchar', length: 32 })
  eventId!: string;

  /** Lower-case hex. */
  @Column({ type: 'varchar', length: 64 })
  leaf!: string;

  @Column({ type: 'varchar', length: timeLength })
  collectedAt!: string;

  /** Empty until sealed. */
  @Column({ type: 'varchar', length: 32, default: '' })
  batchId!: string;

  /** Under whose identity it is anchored; empty where the ledger knows none. */
  @Column({ type: 'varchar', length: organisationLength, default: '' })
  organisation!: string;
}

/** Leaves under one Merkle root. Written once when sealed; `anchoredAt` and `announcedAt` say how far it came. */
@Entity('sealed_batch')
@Index('sealed_batch_id', ['batchId'], { unique: true })
@Index('sealed_batch_chain', ['organisation', 'sequence'])
export class SealedBatch {
  /** 1, 2, 3 …: two sealers cannot both continue the same chain of roots. */
  @PrimaryColumn({ type: 'integer' })
  sequence!: number;

  @Column({ type: 'varchar', length: 32 })
  batchId!: string;

  @Column({ type: 'varchar', length: 64 })
  root!: string;

  @Column({ type: 'varchar', length: 64 })
  previousRoot!: string;

  @Column({ type: 'integer' })
  size!: number;

  /** Lease under which it was sealed. */
  @Column({ type: 'integer' })
  fence!: number;

  @Column({ type: 'varchar', length: timeLength })
  sealedAt!: string;

  /** JSON of the ledger's `Anchor` and `LedgerEvidence`. */
  @Column({ type: 'text', nullable: true })
  anchor!: string | null;

  @Column({ type: 'text', nullable: true })
  evidence!: string | null;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  anchoredAt!: string | null;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  announcedAt!: string | null;

  /** Each organisation's batches are a chain of roots of its own. */
  @Column({ type: 'varchar', length: organisationLength, default: '' })
  organisation!: string;
}

/** Who may do what only one may do at a time, by the name of it; `fence` grows with every change of owner. */
@Entity('sealer_lease')
export class SealerLease {
  @PrimaryColumn({ type: 'varchar', length: 96 })
  name!: string;

  @Column({ type: 'varchar', length: 64 })
  owner!: string;

  @Column({ type: 'integer' })
  fence!: number;

  @Column({ type: 'varchar', length: timeLength })
  until!: string;
}
