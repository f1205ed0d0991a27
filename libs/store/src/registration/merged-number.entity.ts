import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A visit or account number that a merge names. */
@Entity('merged_number')
export class MergedNumber {
  /** Id of its Encounter or Account. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'varchar', length: 255 })
  system!: string;

  @Column({ type: 'varchar', length: 255 })
  value!: string;

  /** That named it first. */
  @Column({ type: 'varchar', length: 199 })
  facility!: string;
}
