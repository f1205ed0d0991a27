import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const time = { type: 'varchar', length: '24' };

export class CreateLedgerWriter1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'leaf',
        columns: [
          { name: 'sequence', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'eventId', type: 'varchar', length: '32' },
          { name: 'leaf', type: 'varchar', length: '64' },
          { name: 'collectedAt', ...time },
          { name: 'batchId', type: 'varchar', length: '32', default: "''" },
        ],
        indices: [
          { name: 'leaf_event', columnNames: ['eventId'], isUnique: true },
          { name: 'leaf_batch', columnNames: ['batchId', 'sequence'] },
        ],
      }),
      true,
    );
    await runner.createTable(
      new Table({
        name: 'sealed_batch',
        columns: [
          { name: 'sequence', type: 'integer', isPrimary: true },
          { name: 'batchId', type: 'varchar', length: '32' },
          { name: 'root', type: 'varchar', length: '64' },
          { name: 'previousRoot', type: 'varchar', length: '64' },
          { name: 'size', type: 'integer' },
          { name: 'fence', type: 'integer' },
          { name: 'sealedAt', ...time },
          { name: 'anchor', type: 'text', isNullable: true },
          { name: 'evidence', type: 'text', isNullable: true },
          { name: 'anchoredAt', ...time, isNullable: true },
          { name: 'announcedAt', ...time, isNullable: true },
        ],
        indices: [{ name: 'sealed_batch_id', columnNames: ['batchId'], isUnique: true }],
      }),
      true,
    );
    await runner.createTable(
      new Table({
        name: 'sealer_lease',
        columns: [
          { name: 'name', type: 'varchar', length: '32', isPrimary: true },
          { name: 'owner', type: 'varchar', length: '64' },
          { name: 'fence', type: 'integer' },
          { name: 'until', ...time },
        ],
      }),
      true,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['sealer_lease', 'sealed_batch', 'leaf']) await runner.dropTable(table);
  }
}
