import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer, longText } = columns;

const tables = () => [
  new Table({
    name: 'code_table_version',
    columns: [
      text('sourceId', 16, key),
      integer('version', key),
      longText('translations'),
      text('reason', 255),
      time('createdAt'),
    ],
  }),
  new Table({
    name: 'unmapped_code',
    columns: [
      text('sourceId', 16, key),
      text('id', 32, key),
      text('system', 255),
      text('code', 64),
      text('display', 120, optional),
      text('location', 40),
      integer('count'),
      time('firstAt'),
      time('lastAt'),
    ],
  }),
];

/** What the codes of each source mean, and those that nobody has said yet. */
export class CreateCodeTables1795654800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table, true);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.dropTable(table);
  }
}
