import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';

const time = { type: 'varchar', length: '24' };
const organisation = { name: 'organisation', type: 'varchar', length: '64' };

const chain = { name: 'sealed_batch_chain', columnNames: ['organisation', 'sequence'] };

/** Several organisations on one ledger, and what has to be kept of a ledger that orders later than it takes. */
export class CreateOrganisations1766000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['leaf', 'sealed_batch'])
      if (!(await runner.hasColumn(table, organisation.name)))
        await runner.addColumn(table, new TableColumn({ ...organisation, default: "''" }));
    const batches = await runner.getTable('sealed_batch');
    if (!batches?.indices.some(({ name }) => name === chain.name))
      await runner.createIndex('sealed_batch', new TableIndex(chain));
    await runner.changeColumn('sealer_lease', 'name', leaseName('96'));
    for (const table of tables()) await runner.createTable(table, true);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['ledger_event', 'ledger_checkpoint', 'ledger_submission']) await runner.dropTable(table);
    await runner.changeColumn('sealer_lease', 'name', leaseName('32'));
    await runner.dropIndex('sealed_batch', chain.name);
    for (const table of ['sealed_batch', 'leaf']) await runner.dropColumn(table, 'organisation');
  }
}

function leaseName(length: string): TableColumn {
  return new TableColumn({ name: 'name', type: 'varchar', length, isPrimary: true });
}

function tables(): readonly Table[] {
  return [
    new Table({
      name: 'ledger_submission',
      columns: [
        { ...organisation, isPrimary: true },
        { name: 'batchId', type: 'varchar', length: '32', isPrimary: true },
        { name: 'transactionId', type: 'varchar', length: '64' },
        { name: 'envelope', type: 'blob' },
        { name: 'evidence', type: 'text', isNullable: true },
        { name: 'savedAt', ...time },
      ],
    }),
    new Table({
      name: 'ledger_checkpoint',
      columns: [
        { ...organisation, isPrimary: true },
        { name: 'blockNumber', type: 'varchar', length: '20' },
        { name: 'transactionId', type: 'varchar', length: '64' },
      ],
    }),
    new Table({
      name: 'ledger_event',
      columns: [
        { ...organisation, isPrimary: true },
        { ...organisation, name: 'writer', isPrimary: true },
        { name: 'batchId', type: 'varchar', length: '32', isPrimary: true },
        { name: 'root', type: 'varchar', length: '64' },
        { name: 'previousRoot', type: 'varchar', length: '64' },
        { name: 'size', type: 'integer' },
        { name: 'transactionId', type: 'varchar', length: '64' },
        { name: 'blockNumber', type: 'varchar', length: '20' },
        { name: 'seenAt', ...time },
      ],
    }),
  ];
}
