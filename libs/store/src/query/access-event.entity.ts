import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** One access to patient data, permitted or denied. Written by query, append-only. */
@Entity('access_event')
@Index('access_event_at', ['at', 'id'])
export class AccessEvent {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: timeLength })
  at!: string;

  @Column({ type: 'varchar', length: 16 })
  outcome!: 'permitted' | 'denied';

  @Column({ type: 'varchar', length: 16 })
  role!: string;

  @Column({ type: 'varchar', length: 16 })
  token!: string;

  @Column({ type: 'varchar', length: 16 })
  action!: string;

  /** The `AccessRecord` as JSON. */
  @Column({ type: 'text' })
  record!: string;
}

/** Whose data an access was about: one row per person. */
@Entity('access_person')
@Index('access_person_access', ['accessId'])
export class AccessPerson {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  personId!: string;

  @PrimaryColumn({ type: 'varchar', length: timeLength })
  at!: string;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  accessId!: string;
}
