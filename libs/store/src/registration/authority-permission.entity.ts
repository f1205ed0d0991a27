import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeLength } from '../column-types.js';

/** Permission of a source to use an authority of another facility. */
@Entity('authority_permission')
export class AuthorityPermission {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  sourceId!: string;

  @PrimaryColumn({ type: 'varchar', length: 255 })
  system!: string;

  @Column({ type: 'varchar', length: timeLength })
  createdAt!: string;
}
