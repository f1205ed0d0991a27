import { Entity, Index, PrimaryColumn } from 'typeorm';

/** A number that messages say belongs to a patient record, its own among them. */
@Entity('record_identifier')
@Index('record_identifier_value', ['system', 'value'])
export class RecordIdentifier {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  recordKey!: string;

  @PrimaryColumn({ type: 'varchar', length: 255 })
  system!: string;

  @PrimaryColumn({ type: 'varchar', length: 255 })
  value!: string;
}
