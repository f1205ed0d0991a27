import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Whom a source means by the number of an order, result, document and the like, where it has used one for more than one
 * patient record. A number that is used for one has no row.
 */
@Entity('reused_number')
@Index('reused_number_member', ['memberId'])
@Index('reused_number_survivor', ['survivorId'])
@Index('reused_number_record', ['recordKey'])
export class ReusedNumber {
  /** Resource id that the number gives. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  numberId!: string;

  @PrimaryColumn({ type: 'varchar', length: 32 })
  recordKey!: string;

  @Column({ type: 'varchar', length: 40 })
  resourceType!: string;

  /** Id of the resource that says what was said of this record: of the first one that of the number. */
  @Column({ type: 'varchar', length: 32 })
  memberId!: string;

  /** Archive entry that first said something of it. */
  @Column({ type: 'int' })
  seq!: number;

  /** The resource that it is read as, while the records are one person; null: as itself. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  survivorId!: string | null;
}
