import { describe, expect, it } from '@jest/globals';
import type { DebeziumConnection } from '@anamnesis/fhir';
import { SourceFault } from '../source-fault.js';
import { openDebeziumSource } from './open-debezium-source.js';

const watch = {
  state: () => undefined,
  guard: () => undefined,
  reconnecting: () => undefined,
  caughtUp: () => undefined,
  waiting: () => undefined,
  compared: () => undefined,
  replica: () => undefined,
};

describe('a mapping file of topics', () => {
  it.each<[string, Partial<DebeziumConnection>]>([
    ['credentials-missing', { caFile: '/nowhere/ca.pem' }],
    ['credentials-missing', { user: 'reader', passwordVariable: 'NOT_SET_ANYWHERE' }],
    ['column-type-unknown', { columnTypes: { patients: { born: 'Date' } } }],
  ])('is told %s of %j', (code, more) => {
    const connection = { brokers: ['b:9092'], topics: ['t'], ...more };
    const open = () => openDebeziumSource({ connection, keys: {}, watch, reconnectMs: [1, 1] });
    expect(open).toThrow(SourceFault);
    expect(open).toThrow(expect.objectContaining({ code }));
  });

  it('may name types with their scale', () => {
    const types = { born: 'io.debezium.time.Date', price: { name: 'org.apache.kafka.connect.data.Decimal', scale: 2 } };
    const connection = { brokers: ['b:9092'], topicPrefix: 'p', columnTypes: { patients: types } };
    expect(openDebeziumSource({ connection, keys: {}, watch, reconnectMs: [1, 1] })).toBeDefined();
  });
});
