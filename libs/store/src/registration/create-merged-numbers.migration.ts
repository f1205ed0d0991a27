import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columns, key } from './columns.js';

const { text } = columns;

const mergedNumber = () =>
  new Table({
    name: 'merged_number',
    columns: [text('id', 32, key), text('system', 255), text('value', 255), text('facility', 199)],
  });

/** Which visits and accounts merges name. */
export class CreateMergedNumbers1795741200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(mergedNumber(), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(mergedNumber());
  }
}
