import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { timeLength } from '../column-types.js';

const text = (name: string, length: number, more = {}) => ({ name, type: 'varchar', length: String(length), ...more });

const table = () =>
  new Table({
    name: 'purged_content',
    columns: [text('name', 64, { isPrimary: true }), text('purgedAt', timeLength), { name: 'readTo', type: 'integer' }],
  });

/** What purged test messages left in the content store. */
export class CreatePurgedContent1795741210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(table(), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(table());
  }
}
