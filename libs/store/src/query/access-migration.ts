import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { timeLength } from '../column-types.js';

const text = (name: string, length: number, isPrimary = false) => ({
  name,
  type: 'varchar',
  length: String(length),
  isPrimary,
});

export class CreateAccess1700000600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'access_event',
        columns: [
          text('id', 64, true),
          text('at', timeLength),
          text('outcome', 16),
          text('role', 16),
          text('token', 16),
          text('action', 16),
          { name: 'record', type: 'text' },
        ],
        indices: [{ name: 'access_event_at', columnNames: ['at', 'id'] }],
      }),
      true,
    );
    await runner.createTable(
      new Table({
        name: 'access_person',
        columns: [text('personId', 64, true), text('at', timeLength, true), text('accessId', 64, true)],
        indices: [{ name: 'access_person_access', columnNames: ['accessId'] }],
      }),
      true,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('access_person');
    await runner.dropTable('access_event');
  }
}
