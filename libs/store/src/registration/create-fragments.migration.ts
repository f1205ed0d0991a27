import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer, bytes } = columns;

const table = () =>
  new Table({
    name: 'message_fragment',
    columns: [
      text('id', 32, key),
      text('sourceId', 16),
      text('facility', 199),
      text('application', 199),
      text('controlId', 199),
      text('messageType', 128),
      text('protocol', 16),
      text('authentication', 16),
      text('charset', 40, optional),
      text('continues', 180),
      text('pointer', 180),
      integer('sizeBytes'),
      text('state', 16),
      text('wholeId', 32, optional),
      integer('place', optional),
      time('receivedAt'),
      time('settledAt', optional),
      text('reason', 255, optional),
      bytes('sealedBytes'),
    ],
    indices: [
      new TableIndex({ name: 'message_fragment_source', columnNames: ['sourceId', 'state'] }),
      new TableIndex({ name: 'message_fragment_state', columnNames: ['state', 'receivedAt'] }),
      new TableIndex({ name: 'message_fragment_whole', columnNames: ['wholeId'] }),
    ],
  });

/** Fragments of messages until they are complete. */
export class CreateFragments1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(table(), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(table());
  }
}
