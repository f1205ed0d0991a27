import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** One row. Whoever writes updates it first, so that instances take turns and each knows what the others changed. */
@Entity('registration_turn')
export class RegistrationTurn {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  /** Counts DB transactions. */
  @Column({ type: 'int' })
  turn!: number;

  /** Counts changes of sources, authorities, permissions and certificates: caches of an older one are stale. */
  @Column({ type: 'int' })
  registryVersion!: number;

  /** Place of the patient record certified last. */
  @Column({ type: 'int' })
  lastOrdinal!: number;

  /** Instance that publishes the outbox now. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  relayBy!: string | null;

  @Column({ type: 'varchar', length: timeLength, nullable: true })
  relayUntil!: string | null;
}
