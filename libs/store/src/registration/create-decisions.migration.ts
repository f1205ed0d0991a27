import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columns, key, optional } from './columns.js';

const { text, time, integer, flag, longText, bytes } = columns;

const decisions = () => [
  new Table({
    name: 'decision',
    columns: [
      text('eventId', 32, key),
      integer('generation', key),
      text('outcome', 16),
      text('code', 32, optional),
      text('reason', 255, optional),
      text('warnings', 255, optional),
      text('sourceId', 16, optional),
      text('messageId', 199),
      integer('ordinal'),
      text('certificateSerial', 64),
      text('headerDigest', 64),
      longText('certification', optional),
      text('recordKey', 32),
      time('decidedAt'),
      time('appendedAt'),
      time('anchoredAt', optional),
    ],
    indices: [
      { name: 'decision_anchoring', columnNames: ['sourceId', 'outcome', 'anchoredAt', 'decidedAt'] },
      { name: 'decision_message', columnNames: ['sourceId', 'messageId'] },
    ],
  }),
  new Table({
    name: 'record_secret',
    columns: [text('recordKey', 32, key), bytes('sealedSecret'), time('createdAt')],
  }),
];

const refusals = () => [
  new Table({
    name: 'refused_event',
    columns: [
      text('eventId', 32, key),
      integer('generation'),
      text('state', 16),
      text('code', 32),
      text('reason', 255),
      text('sourceId', 16, optional),
      text('facility', 199),
      text('application', 199),
      text('messageId', 199),
      text('messageType', 64),
      text('eventType', 64),
      text('recordKey', 255),
      bytes('sealedRecord'),
      time('appendedAt'),
      time('refusedAt'),
      flag('isRevokedAccepted'),
      text('replayReason', 255, optional),
      time('replayedAt', optional),
    ],
    indices: [
      { name: 'refused_event_source', columnNames: ['sourceId'] },
      { name: 'refused_event_at', columnNames: ['refusedAt'] },
    ],
  }),
];

/** What was decided on each event. */
export class CreateDecisions1700000000002 implements MigrationInterface {
  readonly #tables = () => [...decisions(), ...refusals()];

  async up(runner: QueryRunner): Promise<void> {
    for (const table of this.#tables()) await runner.createTable(table, true);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of this.#tables()) await runner.dropTable(table);
  }
}
