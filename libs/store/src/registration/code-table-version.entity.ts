import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** One version of what the codes of a source mean; never changed, never deleted. */
@Entity('code_table_version')
export class CodeTableVersion {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  @PrimaryColumn({ type: 'int' })
  version!: number;

  /** `CodeTranslation[]` as JSON. */
  @Column({ type: 'text' })
  translations!: string;

  @Column({ type: 'varchar', length: 255 })
  reason!: string;

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
