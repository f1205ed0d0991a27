import type { KafkaConnection } from '@anamnesis/bus';
import type { ColumnType, DebeziumConnection } from '@anamnesis/fhir';
import { passwordOf, readOrFail } from '../password-of.js';
import { SourceFault } from '../source-fault.js';
import type { SourceWatch } from '../source-watch.js';
import { DebeziumSource } from './debezium-source.js';
import { isKnownType } from './logical-types.js';
import type { FieldTypes } from './read-envelope.js';

export interface OpenDebeziumOptions {
  readonly connection: DebeziumConnection;
  /** Key columns by table. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly watch: SourceWatch;
  readonly reconnectMs: readonly [number, number];
}

/** The source of topics as its mapping file says. Throws `SourceFault`. */
export function openDebeziumSource({ connection, keys, watch, reconnectMs }: OpenDebeziumOptions): DebeziumSource {
  const { topics, topicPrefix = '', columnTypes = {} } = connection;
  const declared = Object.entries(columnTypes).map(([table, types]) => [table, declaredOf(table, types)] as const);
  return new DebeziumSource({
    ...{ keys, watch, reconnectMs, declared: Object.fromEntries(declared) },
    connection: clusterOf(connection),
    // Debezium joins prefix, database and table by dots. In the order of the mapping: a row may lead to its patient through
    // one of another table.
    topics: topics ?? { prefix: `${topicPrefix}.`, endings: Object.keys(keys).map((table) => `.${table}`) },
  });
}

function clusterOf(connection: DebeziumConnection): KafkaConnection {
  const { brokers, user, mechanism, caFile, certFile, keyFile } = connection;
  const read = (path: string | undefined, setting: string) => path && readOrFail(path, setting);
  const [cert, key] = [read(certFile, 'certFile'), read(keyFile, 'keyFile')];
  return {
    ...{ clientId: 'anamnesis-adapter-db', brokers },
    ...(caFile !== undefined && {
      tls: { ca: readOrFail(caFile, 'caFile'), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) },
    }),
    ...(user !== undefined && {
      sasl: { username: user, password: passwordOf(connection), ...(mechanism !== undefined && { mechanism }) },
    }),
  };
}

function declaredOf(table: string, types: Readonly<Record<string, ColumnType>>): FieldTypes {
  const fields = Object.entries(types).map(([column, type]) => {
    const field = typeof type === 'string' ? { name: type } : type;
    if (!isKnownType(field.name))
      throw new SourceFault('column-type-unknown', `columnTypes: ${table}.${column}: ${field.name} is not known`);
    return [column, field] as const;
  });
  return Object.fromEntries(fields);
}
