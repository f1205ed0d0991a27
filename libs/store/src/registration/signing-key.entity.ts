import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A private key of registration, sealed under the key-encryption key. */
@Entity('signing_key')
export class SigningKey {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  name!: 'root' | 'registration';

  @Column({ type: 'varchar', length: 64 })
  serial!: string;

  @Column({ type: 'blob' })
  sealedKey!: Buffer;

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
