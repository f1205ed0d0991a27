import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** A person as it is now. */
@Entity('chart_person')
@Index('chart_person_created', ['createdSeq'])
export class ChartPerson {
  /** Patient id of the merged view. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  personId!: string;

  @Column({ type: 'int' })
  version!: number;

  @Column({ type: 'varchar', length: timeLength })
  at!: string;

  /** Archive entry that made it; never changes. */
  @Column({ type: 'int' })
  createdSeq!: number;

  /** The person it is part of now; null when it stands on its own. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  intoPersonId!: string | null;
}

/** One version of a merged view: what it was made of, never the result. Appended, never changed. */
@Entity('chart_person_version')
export class ChartPersonVersion {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  personId!: string;

  @PrimaryColumn({ type: 'int' })
  version!: number;

  @Column({ type: 'varchar', length: timeLength })
  at!: string;

  @Column({ type: 'int' })
  seq!: number;

  /** The event, or the assertion, that made this version. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  causeEventId!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  causeAssertionId!: string | null;

  @Column({ type: 'varchar', length: 32, nullable: true })
  intoPersonId!: string | null;

  /** JSON `[[recordKey, version of its source Patient], …]` by ordinal. */
  @Column({ type: 'text' })
  parts!: string;

  /** JSON `[[assertion id, kind, first record key, second record key], …]`: the assertions in force among the parts. */
  @Column({ type: 'text' })
  edges!: string;
}

/** A link or merge of patient records, or a merge of visits or accounts, folded by id: the highest version holds. */
@Entity('chart_assertion')
export class ChartAssertion {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'int' })
  version!: number;

  @Column({ type: 'varchar', length: 8 })
  kind!: 'link' | 'merge' | 'visit' | 'account';

  @Column({ type: 'varchar', length: 8 })
  state!: 'in-force' | 'undone';

  /** Of a merge: the survivor. A record key, or the id of an Encounter or Account. */
  @Index('chart_assertion_first')
  @Column({ type: 'varchar', length: 32 })
  firstKey!: string;

  /** Of a merge: the retired one. */
  @Index('chart_assertion_second')
  @Column({ type: 'varchar', length: 32 })
  secondKey!: string;

  @Column({ type: 'varchar', length: timeLength })
  at!: string;

  @Column({ type: 'varchar', length: 32 })
  rule!: string;

  @Column({ type: 'varchar', length: 32, nullable: true })
  causeEventId!: string | null;
}
