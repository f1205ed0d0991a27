import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';
import { timeLength } from '../column-types.js';

const text = (name: string, length: number, more = {}) => ({ name, type: 'varchar', length: String(length), ...more });
const integer = (name: string, more = {}) => ({ name, type: 'integer', ...more });
const key = { isPrimary: true };
const optional = { isNullable: true };

const tables = () => [
  new Table({
    name: 'remapped_event',
    columns: [text('eventId', 32, key), integer('mappingVersion', key), integer('tableVersion', key), integer('seq')],
    indices: [{ name: 'remapped_event_seq', columnNames: ['seq'] }],
  }),
  new Table({
    name: 'remap_progress',
    columns: [
      text('sourceId', 16, key),
      text('facility', 255),
      text('application', 255),
      integer('tableVersion'),
      { name: 'isEverything', type: 'boolean' },
      integer('seq'),
      integer('total', optional),
      integer('done'),
      integer('changed'),
      integer('kept'),
      text('startedAt', timeLength),
      text('finishedAt', timeLength, optional),
    ],
  }),
];

/** What was mapped again, what still has to be, and by which code table each message was mapped at intake. */
export class CreateRemaps1795661000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table, true);
    if (!(await runner.hasColumn('message', 'tableVersion')))
      await runner.addColumn('message', new TableColumn(integer('tableVersion', optional)));
    const message = await runner.getTable('message');
    if (message?.indices.some(({ name }) => name === 'message_source') !== true)
      await runner.createIndex(
        'message',
        new TableIndex({ name: 'message_source', columnNames: ['facility', 'application', 'seq'] }),
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('message', 'message_source');
    await runner.dropColumn('message', 'tableVersion');
    for (const table of tables()) await runner.dropTable(table);
  }
}
