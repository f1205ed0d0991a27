import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer, longText } = columns;

const tables = () => [
  new Table({
    name: 'source_phase',
    columns: [
      text('sourceId', 16, key),
      integer('version', key),
      text('phase', 16),
      time('since'),
      text('changedBy', 64),
      text('reason', 255),
      longText('accepted', optional),
    ],
  }),
  new Table({
    name: 'source_blocker',
    columns: [
      text('sourceId', 16, key),
      text('id', 32, key),
      text('rule', 40),
      text('location', 40),
      text('text', 255),
      text('messageType', 64),
      integer('count'),
      time('firstAt'),
      time('lastAt'),
      text('lastMessageId', 199),
      integer('cleanOfType'),
      integer('cleanOfAny'),
      time('acceptedAt', optional),
      text('acceptedBy', 64, optional),
      text('acceptedReason', 255, optional),
    ],
  }),
  new Table({
    name: 'test_decision',
    columns: [
      text('eventId', 32, key),
      text('sourceId', 16, optional),
      text('headerDigest', 64),
      longText('verdict'),
      time('appendedAt'),
    ],
  }),
];

/** How each source came to be certified, what holds it back, and what it said before. */
export class CreatePhases1795672800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table, true);
    if (!(await runner.hasColumn('source_tally', 'tested')))
      await runner.addColumn('source_tally', new TableColumn(columns.integer('tested', { default: 0 })));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('source_tally', 'tested');
    for (const table of tables()) await runner.dropTable(table);
  }
}
