import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

const flags = () => new TableColumn({ name: 'flags', type: 'varchar', length: '500', isNullable: true });

/** What the reader doubts of a message's text; null in rows of before. */
export class AddMessageFlags1795760000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('message', 'flags'))) await runner.addColumn('message', flags());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('message', 'flags');
  }
}
