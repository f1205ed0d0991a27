import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** Secret of one patient record's commitments, sealed under the key-encryption key. Deleting the row erases. */
@Entity('record_secret')
export class RecordSecret {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  recordKey!: string;

  @Column({ type: 'blob' })
  sealedSecret!: Buffer;

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
