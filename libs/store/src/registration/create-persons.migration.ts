import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer, flag, longText } = columns;

const records = () => [
  new Table({
    name: 'patient_record',
    columns: [
      text('recordKey', 32, key),
      integer('ordinal'),
      text('system', 255),
      text('value', 255),
      text('facility', 199),
      text('birthDate', 10, optional),
      text('familyName', 255, optional),
      text('givenName', 255, optional),
      text('sex', 8, optional),
      longText('formerNames', optional),
      flag('isDeceased'),
      time('deceasedSince', optional),
      time('claimedAt', optional),
      time('lastActivityAt'),
    ],
    indices: [{ name: 'patient_record_ordinal', columnNames: ['ordinal'], isUnique: true }],
  }),
  new Table({
    name: 'record_identifier',
    columns: [text('recordKey', 32, key), text('system', 255, key), text('value', 255, key)],
    indices: [{ name: 'record_identifier_value', columnNames: ['system', 'value'] }],
  }),
];

const assertions = () => [
  new Table({
    name: 'person_assertion',
    columns: [
      text('id', 32, key),
      integer('version'),
      text('kind', 8),
      text('state', 16),
      text('firstKey', 32),
      text('secondKey', 32),
      longText('assertion'),
      time('changedAt'),
    ],
    indices: [
      { name: 'person_assertion_first', columnNames: ['firstKey'] },
      { name: 'person_assertion_second', columnNames: ['secondKey'] },
      { name: 'person_assertion_at', columnNames: ['changedAt'] },
    ],
  }),
  new Table({
    name: 'pending_candidate',
    columns: [
      text('id', 32, key),
      text('kind', 16),
      text('state', 16),
      text('guards', 255),
      text('firstKey', 32),
      text('secondKey', 32),
      text('system', 255),
      text('eventId', 32, optional),
      time('openedAt'),
      time('decidedAt', optional),
      text('actor', 64, optional),
      text('reason', 255, optional),
    ],
    indices: [
      { name: 'pending_candidate_first', columnNames: ['firstKey'] },
      { name: 'pending_candidate_second', columnNames: ['secondKey'] },
      { name: 'pending_candidate_state', columnNames: ['state', 'openedAt'] },
    ],
  }),
  new Table({
    name: 'not_same',
    columns: [
      text('firstKey', 32, key),
      text('secondKey', 32, key),
      time('decidedAt'),
      text('actor', 64),
      text('reason', 255),
    ],
    indices: [{ name: 'not_same_second', columnNames: ['secondKey'] }],
  }),
];

/** The person index. */
export class CreatePersons1700000000003 implements MigrationInterface {
  readonly #tables = () => [...records(), ...assertions()];

  async up(runner: QueryRunner): Promise<void> {
    for (const table of this.#tables()) await runner.createTable(table, true);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of this.#tables()) await runner.dropTable(table);
  }
}
