import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** An object of the content store that a purged test message had: to be removed, unless another message has it. */
@Entity('purged_content')
export class PurgedContent {
  /** As it is called on the disk. The digest is forgotten with its messages. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'varchar', length: timeLength })
  purgedAt!: string;

  /** No archive entry up to this one names it. */
  @Column({ type: 'int' })
  readTo!: number;
}
