import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';
import { columns, key } from './columns.js';

const { text } = columns;

const accountVisit = () =>
  new Table({
    name: 'account_visit',
    columns: [
      text('id', 32, key),
      text('accountId', 32),
      text('admittedAt', 64),
      text('system', 255),
      text('value', 255),
      text('facility', 199),
    ],
    indices: [new TableIndex({ name: 'account_visit_account', columnNames: ['accountId'] })],
  });

/** Which visits are known by an account and the time at which they began. */
export class CreateAccountVisits1795764000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(accountVisit(), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(accountVisit());
  }
}
