import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';

const column = () => new TableColumn({ name: 'testKey', type: 'varchar', length: '32', isNullable: true });
const index = () => new TableIndex({ name: 'message_test', columnNames: ['testKey', 'seq'] });

/** Which messages of a source in testing are about one patient. */
export class AddTestMessages1795674600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('message', 'testKey'))) await runner.addColumn('message', column());
    const table = await runner.getTable('message');
    if (table?.indices.some(({ name }) => name === 'message_test') !== true)
      await runner.createIndex('message', index());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('message', 'message_test');
    await runner.dropColumn('message', 'testKey');
  }
}
