import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { columns, optional } from './columns.js';

/** With which client certificate an unknown sender came. */
export class CreateContactCertificates1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('source_contact', 'certificate')))
      await runner.addColumn('source_contact', new TableColumn(columns.text('certificate', 80, optional)));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('source_contact', 'certificate');
  }
}
