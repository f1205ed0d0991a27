import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const text = (name: string, length: number, more = {}) => ({ name, type: 'varchar', length: String(length), ...more });
const key = { isPrimary: true };

const reusedNumber = () =>
  new Table({
    name: 'reused_number',
    columns: [
      text('numberId', 32, key),
      text('recordKey', 32, key),
      text('resourceType', 40),
      text('memberId', 32),
      { name: 'seq', type: 'integer' },
      text('survivorId', 32, { isNullable: true }),
    ],
    indices: ['member', 'survivor', 'record'].map((name) => ({
      name: `reused_number_${name}`,
      columnNames: [name === 'record' ? 'recordKey' : `${name}Id`],
    })),
  });

/** Whose a number is that was used for more than one patient record. */
export class CreateReusedNumbers1795764010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(reusedNumber(), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(reusedNumber());
  }
}
