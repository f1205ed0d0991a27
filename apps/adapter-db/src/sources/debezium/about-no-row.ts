import { isObject, type Json, unwrapSchema } from './read-envelope.js';

/**
 * What Debezium writes beside the changes of rows: transactions, schema changes, heartbeats, notifications. It is told by its
 * own fields, so that a topic in which another program writes is not passed over in silence.
 */
export function isAboutNoRow(value: unknown): boolean {
  const { payload } = unwrapSchema(value);
  if (!isObject(payload)) return false;
  if (typeof payload['specversion'] === 'string') return isAboutNoRow(payload['data']);
  return kinds.some((isOfKind) => isOfKind(payload));
}

const kinds: readonly ((payload: Json) => boolean)[] = [
  ({ status, id }) => (status === 'BEGIN' || status === 'END') && typeof id === 'string',
  (payload) => 'ddl' in payload && 'databaseName' in payload,
  (payload) => Object.keys(payload).length > 0 && Object.keys(payload).every((name) => /^ts_(ms|us|ns)$/.test(name)),
  (payload) => 'aggregate_type' in payload && 'additional_data' in payload,
];
