import { join } from 'node:path';
import type { PostgresConnection } from '../../../deploy/stack/postgres.mjs';

const json = 'org.apache.kafka.connect.json.JsonConverter';

/** As docs/debezium-topics.md recommends them; what differs between the two is meant to. */
const both = {
  'tasks.max': 1,
  'topic.creation.default.partitions': 1,
  'topic.creation.default.replication.factor': 1,
  'heartbeat.interval.ms': 500,
  'provide.transaction.metadata': true,
  'skipped.operations': 'none',
  'decimal.handling.mode': 'precise',
  'key.converter': json,
  'value.converter': json,
};

export interface ConnectorOptions {
  readonly prefix: string;
  /** Of its files. */
  readonly directory: string;
  readonly user: string;
  readonly password: string;
}

/** Where a connector of this prefix is told what to do while it runs. */
export const signalFile = ({ directory, prefix }: Pick<ConnectorOptions, 'directory' | 'prefix'>) =>
  join(directory, `${prefix}.signal`);

/** A snapshot that is asked for while it runs, without a table of its own in the database. */
const onSignal = (options: ConnectorOptions) => ({
  'read.only': true,
  'signal.enabled.channels': 'file',
  'signal.file': signalFile(options),
  'signal.poll.interval.ms': 200,
});

/** JSON with schemas, compressed by zstd. */
export function mariadbConnector(options: ConnectorOptions, port: number) {
  const { prefix, directory, user, password } = options;
  return {
    ...both,
    ...onSignal(options),
    'connector.class': 'io.debezium.connector.mariadb.MariaDbConnector',
    'topic.prefix': prefix,
    'database.hostname': '127.0.0.1',
    'database.port': port,
    'database.user': user,
    'database.password': password,
    'database.server.id': 5_400,
    'database.ssl.mode': 'disable',
    'database.include.list': 'hospital',
    'schema.history.internal': 'io.debezium.storage.file.history.FileSchemaHistory',
    'schema.history.internal.file.filename': join(directory, `${prefix}.history`),
    'bigint.unsigned.handling.mode': 'precise',
    'enable.time.adjuster': false,
    'key.converter.schemas.enable': true,
    'value.converter.schemas.enable': true,
    'producer.override.compression.type': 'zstd',
  };
}

/** JSON without schemas, compressed by lz4. */
export function postgresConnector(options: ConnectorOptions, server: PostgresConnection) {
  const { prefix, user, password } = options;
  return {
    ...both,
    ...onSignal(options),
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'topic.prefix': prefix,
    'database.hostname': server.host,
    'database.port': server.port,
    'database.user': user,
    'database.password': password,
    'database.dbname': server.database,
    'plugin.name': 'pgoutput',
    'slot.name': 'anamnesis',
    'publication.name': 'anamnesis',
    'publication.autocreate.mode': 'disabled',
    'schema.include.list': 'public',
    'key.converter.schemas.enable': false,
    'value.converter.schemas.enable': false,
    'producer.override.compression.type': 'lz4',
  };
}
