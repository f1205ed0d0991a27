import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer, bytes } = columns;

const tables = () => [
  new Table({
    name: 'application_ack',
    columns: [
      integer('seq', { isPrimary: true, isGenerated: true, generationStrategy: 'increment' }),
      text('id', 40),
      text('sourceId', 16),
      text('messageId', 199),
      text('controlId', 40),
      text('code', 2),
      bytes('content'),
      text('state', 16),
      text('result', 16, optional),
      time('createdAt'),
      time('settledAt', optional),
    ],
    indices: [
      new TableIndex({ name: 'application_ack_id', columnNames: ['id'], isUnique: true }),
      new TableIndex({ name: 'application_ack_source', columnNames: ['sourceId', 'state'] }),
      new TableIndex({ name: 'application_ack_state', columnNames: ['state', 'createdAt'] }),
    ],
  }),
  new Table({
    name: 'acknowledgement_listener',
    columns: [
      text('sourceId', 16, key),
      integer('attempts'),
      time('nextAttemptAt'),
      text('leasedBy', 64, optional),
      time('leasedUntil', optional),
    ],
  }),
];

/** Application acknowledgements until the sender has them. */
export class CreateApplicationAcks1795700100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table, true);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.dropTable(table);
  }
}
