import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';
import { organisationLength } from './leaf.entity.js';

/**
 * The transaction by which a batch goes on a ledger that orders transactions later than it takes them: its signed bytes
 * are kept before they are sent, so that the same ones can be sent again after a crash. No patient data.
 */
@Entity('ledger_submission')
export class LedgerSubmission {
  @PrimaryColumn({ type: 'varchar', length: organisationLength })
  organisation!: string;

  @PrimaryColumn({ type: 'varchar', length: 32 })
  batchId!: string;

  @Column({ type: 'varchar', length: 64 })
  transactionId!: string;

  @Column({ type: 'blob' })
  envelope!: Buffer;

  /** JSON of the evidence, made once. */
  @Column({ type: 'text', nullable: true })
  evidence!: string | null;

  @Column({ type: 'varchar', length: timeLength })
  savedAt!: string;
}
