import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** One version of a resource. Appended, never changed. */
@Entity('resource_version')
export class ResourceVersion {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  resourceType!: string;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  resourceId!: string;

  @PrimaryColumn({ type: 'int' })
  versionId!: number;

  /** Whose content key seals it: the record of its last statement, or the key of what belongs to no patient. */
  @Column({ type: 'varchar', length: 32 })
  recordKey!: string;

  /** The event that made this version. */
  @Index('resource_version_event')
  @Column({ type: 'varchar', length: 32 })
  eventId!: string;

  @Column({ type: 'int' })
  seq!: number;

  @Column({ type: 'varchar', length: timeLength })
  at!: string;

  /** Stated later than what is current, hence never the present: the next version says the present again. */
  @Column({ type: 'boolean' })
  isStale!: boolean;

  /** `ResourceState` as JSON. */
  @Column({ type: 'blob' })
  sealed!: Buffer;
}

/** The newest version of each resource, and what lists are ordered and narrowed by. */
@Entity('resource_current')
@Index('resource_current_record', ['recordKey', 'resourceType', 'createdSeq'])
@Index('resource_current_created', ['resourceType', 'createdSeq'])
@Index('resource_current_event', ['eventId'])
export class ResourceCurrent {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  resourceType!: string;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  resourceId!: string;

  @Column({ type: 'varchar', length: 32 })
  recordKey!: string;

  @Column({ type: 'int' })
  versionId!: number;

  @Column({ type: 'varchar', length: 32 })
  eventId!: string;

  @Column({ type: 'varchar', length: timeLength })
  at!: string;

  /** Archive entry of version 1; never changes. */
  @Column({ type: 'int' })
  createdSeq!: number;

  /** Start of its clinical date as a UTC instant; empty without one. */
  @Column({ type: 'varchar', length: timeLength })
  happenedAt!: string;

  /** Entered in error. */
  @Column({ type: 'boolean' })
  isRetracted!: boolean;

  /** Of its rows in `resource_index`: unchanged rows are left alone. */
  @Column({ type: 'varchar', length: 32 })
  indexDigest!: string;
}

/** A value by which a resource, as it is now, is found. */
@Entity('resource_index')
@Index('resource_index_value', ['resourceType', 'param', 'value'])
export class ResourceIndex {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  resourceId!: string;

  /** From 0, in the resource. */
  @PrimaryColumn({ type: 'int' })
  position!: number;

  @Column({ type: 'varchar', length: 40 })
  resourceType!: string;

  /** FHIR search parameter. */
  @Column({ type: 'varchar', length: 40 })
  param!: string;

  /** System of a token, a string exactly as stated; else empty. */
  @Column({ type: 'varchar', length: 255 })
  system!: string;

  /** Code of a token or unit, folded string, `Type/id` of a reference, first instant of a date. */
  @Column({ type: 'varchar', length: 255 })
  value!: string;

  /** Last instant of a date. */
  @Column({ type: 'varchar', length: timeLength, nullable: true })
  until!: string | null;

  /** Of a quantity. */
  @Column({ type: 'double', nullable: true })
  amount!: number | null;
}
