import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** An X.509 certificate that registration issued. */
@Entity('certificate')
export class Certificate {
  /** Lower-case hex. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  serial!: string;

  @Column({ type: 'varchar', length: 16 })
  kind!: 'root' | 'registration' | 'source';

  @Index('certificate_source')
  @Column({ type: 'varchar', length: 16, nullable: true })
  sourceId!: string | null;

  /** PEM. */
  @Column({ type: 'text' })
  certificate!: string;

  @Column({ type: 'varchar', length: timeLength })
  notBefore!: string;

  @Column({ type: 'varchar', length: timeLength })
  notAfter!: string;

  /** Events that the bus appended from this moment on are refused. */
  @Column({ type: 'varchar', length: timeLength, nullable: true })
  revokedAt!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  reason!: string | null;

  @Column({ type: 'varchar', length: timeLength })
  issuedAt!: string;
}
