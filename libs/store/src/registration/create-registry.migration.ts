import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer, flag, longText, bytes } = columns;

const sources = () => [
  new Table({
    name: 'facility',
    columns: [text('id', 16, key), text('name', 199), text('title', 255, optional), time('createdAt')],
  }),
  new Table({
    name: 'source',
    columns: [
      text('id', 16, key),
      text('facility', 199),
      text('application', 199),
      text('state', 16),
      flag('isOpen'),
      longText('fact'),
      time('createdAt'),
    ],
    indices: [{ name: 'source_binding', columnNames: ['facility', 'application'], isUnique: true }],
  }),
  new Table({
    name: 'source_contact',
    columns: [
      text('id', 16, key),
      text('facility', 199),
      text('application', 199),
      text('address', 64),
      time('firstAt'),
      time('lastAt'),
      integer('attempts'),
    ],
    indices: [{ name: 'source_contact_binding', columnNames: ['facility', 'application'], isUnique: true }],
  }),
  new Table({
    name: 'source_observation',
    columns: [
      text('sourceId', 16, key),
      text('adapter', 64, key),
      longText('answers'),
      integer('ackMsP99'),
      time('lastMessageAt', optional),
      time('observedAt'),
    ],
  }),
  new Table({
    name: 'source_tally',
    columns: [
      text('sourceId', 16, key),
      integer('certified'),
      integer('refused'),
      integer('controlIdReuses'),
      time('lastMessageAt'),
    ],
  }),
];

const authorities = () => [
  new Table({
    name: 'authority',
    columns: [
      text('system', 255, key),
      text('scope', 16),
      text('issuer', 199, optional),
      text('linking', 8),
      time('createdAt'),
    ],
  }),
  new Table({
    name: 'authority_permission',
    columns: [text('sourceId', 16, key), text('system', 255, key), time('createdAt')],
  }),
];

const certificates = () => [
  new Table({
    name: 'certificate',
    columns: [
      text('serial', 64, key),
      text('kind', 16),
      text('sourceId', 16, optional),
      longText('certificate'),
      time('notBefore'),
      time('notAfter'),
      time('revokedAt', optional),
      text('reason', 255, optional),
      time('issuedAt'),
    ],
    indices: [{ name: 'certificate_source', columnNames: ['sourceId'] }],
  }),
  new Table({
    name: 'signing_key',
    columns: [text('name', 32, key), text('serial', 64), bytes('sealedKey'), time('createdAt')],
  }),
  new Table({
    name: 'enrolment_token',
    columns: [text('digest', 64, key), text('sourceId', 16), time('expiresAt'), time('usedAt', optional)],
  }),
];

const outbox = () => [
  new Table({
    name: 'registration_outbox',
    columns: [
      integer('id', { isPrimary: true, isGenerated: true, generationStrategy: 'increment' }),
      text('topic', 64),
      text('recordKey', 512),
      longText('header'),
      time('publishedAt', optional),
    ],
    indices: [{ name: 'registration_outbox_published', columnNames: ['publishedAt'] }],
  }),
  new Table({
    name: 'registration_turn',
    columns: [
      integer('id', key),
      integer('turn'),
      integer('registryVersion'),
      integer('lastOrdinal'),
      text('relayBy', 32, optional),
      time('relayUntil', optional),
    ],
  }),
];

/** Sources, authorities, certificates and the outbox of their changes. */
export class CreateRegistry1700000000001 implements MigrationInterface {
  readonly #tables = () => [...sources(), ...authorities(), ...certificates(), ...outbox()];

  async up(runner: QueryRunner): Promise<void> {
    for (const table of this.#tables()) await runner.createTable(table, true);
    const rows = (await runner.query('SELECT id FROM registration_turn')) as readonly unknown[];
    if (rows.length === 0)
      await runner.query('INSERT INTO registration_turn (id, turn, registryVersion, lastOrdinal) VALUES (1, 0, 0, 0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of this.#tables()) await runner.dropTable(table);
  }
}
