import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { timeLength } from '../column-types.js';

const text = (name: string, length: number, more = {}) => ({ name, type: 'varchar', length: String(length), ...more });
const optional = { isNullable: true };
const index = (name: string, ...columnNames: string[]) => ({ name, columnNames });

const table = () =>
  new Table({
    name: 'test_message',
    columns: [
      text('id', 32, { isPrimary: true }),
      text('facility', 255),
      text('application', 255),
      text('controlId', 255),
      text('messageType', 64),
      text('receivedAt', timeLength),
      text('code', 40, optional),
      text('reason', 500, optional),
      text('testKey', 32),
      { name: 'seq', type: 'integer' },
    ],
    indices: [
      index('test_message_received', 'receivedAt', 'id'),
      index('test_message_source', 'facility', 'application', 'receivedAt'),
      index('test_message_key', 'testKey', 'seq'),
    ],
  });

/** What sources say in testing. */
export class CreateTestMessages1795674600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(table(), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(table());
  }
}
