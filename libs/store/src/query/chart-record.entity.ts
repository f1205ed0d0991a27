import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A patient record that query has heard of, and the person it belongs to now. */
@Entity('chart_record')
export class ChartRecord {
  @PrimaryColumn({ type: 'varchar', length: 32 })
  recordKey!: string;

  /** Id of its source Patient. */
  @Index('chart_record_patient', { unique: true })
  @Column({ type: 'varchar', length: 32 })
  patientId!: string;

  /** Cut to the column; the record key is what tells records apart. */
  @Column({ type: 'varchar', length: 255 })
  system!: string;

  @Index('chart_record_value')
  @Column({ type: 'varchar', length: 255 })
  value!: string;

  /** The facility that named it first. */
  @Column({ type: 'varchar', length: 255 })
  facility!: string;

  /** By first certification; null while nothing about it was certified (a refused message or an assertion named it). */
  @Column({ type: 'int', nullable: true })
  ordinal!: number | null;

  /** Patient id of the lowest ordinal that assertions in force connect it with; null while none of them is certified. */
  @Index('chart_record_person')
  @Column({ type: 'varchar', length: 32, nullable: true })
  personId!: string | null;

  /** Newest version of its source Patient; 0 = nothing stated about it. */
  @Column({ type: 'int' })
  patientVersion!: number;
}
