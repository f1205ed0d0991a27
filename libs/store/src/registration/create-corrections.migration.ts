import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer, longText } = columns;

const tables = () => [
  new Table({
    name: 'corrections_version',
    columns: [
      text('sourceId', 16, key),
      integer('version', key),
      text('digest', 64),
      longText('file'),
      text('reason', 255),
      time('createdAt'),
    ],
  }),
  new Table({
    name: 'corrections_switch',
    columns: [
      text('sourceId', 16, key),
      integer('ordinal', key),
      integer('version'),
      integer('previewedMessages'),
      time('previewedAt', optional),
      text('reason', 255),
      time('createdAt'),
    ],
  }),
];

/** What is put right of each source's messages, and when which version of it was on. */
export class CreateCorrections1795680000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table, true);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.dropTable(table);
  }
}
