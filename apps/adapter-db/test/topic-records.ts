const source = { connector: 'mysql', name: 'hosp', db: 'h', file: 'b.1', row: 0, ts_ms: 1_700_000_000_000 };

export interface WrittenChange {
  readonly op?: 'r' | 'c' | 'u' | 'd';
  readonly table?: string;
  readonly id: number;
  readonly name?: string;
  /** In the binary log of that server. */
  readonly pos: number;
}

const int32 = (field: string) => ({ field, type: 'int32' });
const schemaOf = (fields: readonly object[]) => ({ type: 'struct', fields });
const columns = [int32('id'), { field: 'name', type: 'string' }, { ...int32('born'), name: 'io.debezium.time.Date' }];
const rowOf = (id: number, name: string) => ({ id, name, born: 20_000 });

/** As a connector with `schemas.enable=true` writes it. */
export function schemaRecord({ op = 'c', table = 'patients', id, name = 'Invented', pos }: WrittenChange) {
  const row = rowOf(id, name);
  const payload = {
    ...{ op, before: op === 'd' || op === 'u' ? rowOf(id, 'Before') : null, after: op === 'd' ? null : row },
    source: { ...source, table, pos, snapshot: op === 'r' ? 'true' : 'false' },
  };
  const sides = ['before', 'after'].map((field) => ({ field, ...schemaOf(columns) }));
  return {
    key: JSON.stringify({ schema: schemaOf([int32('id')]), payload: { id } }),
    value: JSON.stringify({ schema: schemaOf(sides), payload }),
  };
}

/** As `ExtractNewRecordState` writes it, with the fields that docs/debezium-topics.md asks for, and without a schema. */
export function unwrappedRecord({ op = 'c', table = 'patients', id, name = 'Invented', pos }: WrittenChange) {
  const meta = { __op: op, __table: table, __source_name: 'hosp', __source_file: 'b.1', __source_pos: pos };
  const value = { ...rowOf(id, name), ...meta, __source_row: 0, __source_ts_ms: source.ts_ms };
  return { key: JSON.stringify({ id }), value: JSON.stringify({ ...value, __deleted: String(op === 'd') }) };
}

export const tombstone = (id: number) => ({ key: schemaRecord({ id, pos: 0 }).key, value: null });
