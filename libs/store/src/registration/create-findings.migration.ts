import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer } = columns;

const tables = () => [
  new Table({
    name: 'source_finding',
    columns: [
      text('sourceId', 16, key),
      text('id', 32, key),
      text('rule', 40),
      text('location', 40),
      text('text', 255),
      text('shape', 100, optional),
      integer('count'),
      time('firstAt'),
      time('lastAt'),
      text('lastMessageId', 199),
    ],
  }),
  new Table({
    name: 'refusal_position',
    columns: [integer('partitionId', key), integer('lastOffset'), time('appendedAt')],
  }),
];

/** What each source does not keep of the rules, and how far its refusals are counted. */
export class CreateFindings1795651200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table, true);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.dropTable(table);
  }
}
