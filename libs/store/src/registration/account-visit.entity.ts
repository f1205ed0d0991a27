import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A visit that has no number of its own: known by its account's and by when it began. */
@Entity('account_visit')
@Index('account_visit_account', ['accountId'])
export class AccountVisitRow {
  /** Id of its Encounter. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  /** Id of the Account. */
  @Column({ type: 'varchar', length: 32 })
  accountId!: string;

  /** PV1-44 as sent. */
  @Column({ type: 'varchar', length: 64 })
  admittedAt!: string;

  @Column({ type: 'varchar', length: 255 })
  system!: string;

  /** Number of the account. */
  @Column({ type: 'varchar', length: 255 })
  value!: string;

  /** That named it first. */
  @Column({ type: 'varchar', length: 199 })
  facility!: string;
}
