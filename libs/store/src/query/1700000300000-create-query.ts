import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  type TableIndexOptions,
} from 'typeorm';

type More = Partial<TableColumnOptions>;
const text = (name: string, length: number, more: More = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const time = (name: string, more: More = {}) => text(name, 24, more);
const int = (name: string, more: More = {}): TableColumnOptions => ({ name, type: 'integer', ...more });
const flag = (name: string): TableColumnOptions => ({ name, type: 'boolean' });
const bytes = (name: string): TableColumnOptions => ({ name, type: 'blob' });
const key = { isPrimary: true };
const optional = { isNullable: true };
const index = (name: string, ...columnNames: string[]): TableIndexOptions => ({ name, columnNames });
const unique = (name: string, ...columnNames: string[]): TableIndexOptions => ({ name, columnNames, isUnique: true });

interface Layout {
  readonly columns: readonly TableColumnOptions[];
  readonly indices?: readonly TableIndexOptions[];
}

/** Written with TypeORM's table API, so that SQLite and MySQL/MariaDB run the same history. */
export class CreateQuery1700000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, { columns, indices = [] }] of Object.entries({
      ...archive(),
      ...people(),
      ...resources(),
      ...events(),
    }))
      await runner.createTable(new Table({ name, columns: [...columns], indices: [...indices] }), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys({ ...archive(), ...people(), ...resources(), ...events() }))
      await runner.dropTable(name);
  }
}

function archive(): Record<string, Layout> {
  return {
    archive_entry: {
      columns: [
        int('seq', key),
        text('kind', 16),
        text('entryKey', 150),
        text('recordKey', 32),
        time('at'),
        bytes('sealed'),
      ],
      indices: [unique('archive_entry_key', 'entryKey'), index('archive_entry_record', 'recordKey')],
    },
    archive_cursor: { columns: [int('id', key), int('seq'), time('at')] },
    content_key: { columns: [text('recordKey', 32, key), bytes('wrapped')] },
  };
}

function people(): Record<string, Layout> {
  return {
    chart_record: {
      columns: [
        text('recordKey', 32, key),
        text('patientId', 32),
        text('system', 255),
        text('value', 255),
        text('facility', 255),
        int('ordinal', optional),
        text('personId', 32, optional),
        int('patientVersion'),
      ],
      indices: [
        unique('chart_record_patient', 'patientId'),
        index('chart_record_value', 'value'),
        index('chart_record_person', 'personId'),
      ],
    },
    chart_person: {
      columns: [
        text('personId', 32, key),
        int('version'),
        time('at'),
        int('createdSeq'),
        text('intoPersonId', 32, optional),
      ],
      indices: [index('chart_person_created', 'createdSeq')],
    },
    chart_person_version: {
      columns: [
        text('personId', 32, key),
        int('version', key),
        time('at'),
        int('seq'),
        text('causeEventId', 32, optional),
        text('causeAssertionId', 64, optional),
        text('intoPersonId', 32, optional),
        { name: 'parts', type: 'text' },
        { name: 'edges', type: 'text' },
      ],
    },
    chart_assertion: {
      columns: [
        text('id', 64, key),
        int('version'),
        text('kind', 8),
        text('state', 8),
        text('firstKey', 32),
        text('secondKey', 32),
        time('at'),
        text('rule', 32),
        text('causeEventId', 32, optional),
      ],
      indices: [index('chart_assertion_first', 'firstKey'), index('chart_assertion_second', 'secondKey')],
    },
  };
}

function resources(): Record<string, Layout> {
  return {
    resource_version: {
      columns: [
        text('resourceType', 40, key),
        text('resourceId', 64, key),
        int('versionId', key),
        text('recordKey', 32),
        text('eventId', 32),
        int('seq'),
        time('at'),
        flag('isStale'),
        bytes('sealed'),
      ],
      indices: [index('resource_version_event', 'eventId')],
    },
    resource_current: {
      columns: [
        text('resourceType', 40, key),
        text('resourceId', 64, key),
        text('recordKey', 32),
        int('versionId'),
        text('eventId', 32),
        time('at'),
        int('createdSeq'),
        time('happenedAt'),
        flag('isRetracted'),
        text('indexDigest', 32),
      ],
      indices: [
        index('resource_current_record', 'recordKey', 'resourceType', 'createdSeq'),
        index('resource_current_created', 'resourceType', 'createdSeq'),
        index('resource_current_event', 'eventId'),
      ],
    },
    resource_index: {
      columns: [
        text('resourceId', 64, key),
        int('position', key),
        text('resourceType', 40),
        text('param', 40),
        text('system', 255),
        text('value', 255),
        time('until', optional),
        { name: 'amount', type: 'double', isNullable: true },
      ],
      indices: [index('resource_index_value', 'resourceType', 'param', 'value')],
    },
  };
}

function events(): Record<string, Layout> {
  return {
    message: {
      columns: [
        text('id', 64, key),
        text('eventId', 32, optional),
        text('facility', 255),
        text('application', 255),
        text('controlId', 255),
        text('messageType', 64),
        time('receivedAt'),
        text('state', 16),
        text('code', 40, optional),
        text('reason', 500, optional),
        text('recordKey', 32, optional),
        text('type', 64, optional),
        text('mapping', 64, optional),
        text('correlationId', 64, optional),
        int('seq'),
      ],
      indices: [
        index('message_received', 'receivedAt', 'id'),
        index('message_state', 'state', 'receivedAt', 'id'),
        index('message_record', 'recordKey', 'receivedAt'),
        index('message_facility', 'facility', 'receivedAt'),
        index('message_control_id', 'controlId'),
      ],
    },
    anchored_batch: {
      columns: [
        text('batchId', 64, key),
        text('root', 64),
        text('previousRoot', 64),
        int('size'),
        time('anchoredAt'),
        bytes('leaves'),
        bytes('anchor'),
        bytes('evidence'),
      ],
    },
    anchored_leaf: {
      columns: [text('eventId', 32, key), text('batchId', 64), int('position')],
      indices: [index('anchored_leaf_batch', 'batchId')],
    },
    integrity_finding: {
      columns: [
        text('place', 32, key),
        text('subject', 120, key),
        text('fault', 16),
        text('eventId', 32, optional),
        time('foundAt'),
      ],
      indices: [index('integrity_finding_event', 'eventId')],
    },
    integrity_progress: {
      columns: [int('id', key), int('seq'), time('wholeAt', optional), int('wholeEntries'), int('wholeFindings')],
    },
  };
}
