import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';
import { organisationLength } from './leaf.entity.js';

/** How far an organisation's ledger was followed; moved in the transaction that keeps what was seen up to there. */
@Entity('ledger_checkpoint')
export class LedgerCheckpoint {
  @PrimaryColumn({ type: 'varchar', length: organisationLength })
  organisation!: string;

  /** Decimal. */
  @Column({ type: 'varchar', length: 20 })
  blockNumber!: string;

  /** Last one taken in that block. */
  @Column({ type: 'varchar', length: 64 })
  transactionId!: string;
}

/** A batch as the ledger announced it, whoever wrote it. What reconciliation compares our own with. */
@Entity('ledger_event')
export class LedgerEvent {
  /** Whose ledger connection told of it. */
  @PrimaryColumn({ type: 'varchar', length: organisationLength })
  organisation!: string;

  /** In whose name it was written. */
  @PrimaryColumn({ type: 'varchar', length: organisationLength })
  writer!: string;

  @PrimaryColumn({ type: 'varchar', length: 32 })
  batchId!: string;

  @Column({ type: 'varchar', length: 64 })
  root!: string;

  @Column({ type: 'varchar', length: 64 })
  previousRoot!: string;

  @Column({ type: 'integer' })
  size!: number;

  @Column({ type: 'varchar', length: 64 })
  transactionId!: string;

  /** Decimal. */
  @Column({ type: 'varchar', length: 20 })
  blockNumber!: string;

  @Column({ type: 'varchar', length: timeLength })
  seenAt!: string;
}
