import type {
  ColumnRule,
  Condition,
  ElementRule,
  LocalCodes,
  PatientJoin,
  ResourceMapping,
  RowMappingFile,
  TableMapping,
} from './mapping-file.js';
import type {
  WrittenCodes,
  WrittenCondition,
  WrittenMapping,
  WrittenResource,
  WrittenRule,
  WrittenRuleObject,
  WrittenTable,
} from './written-mapping.js';

/** The short forms of a file written out: one resource of a table, one column, a table of codes inside a rule. */
export function normaliseMapping(written: WrittenMapping): RowMappingFile {
  const codes: Record<string, LocalCodes> = {};
  for (const [name, table] of Object.entries(written.codes ?? {})) codes[name] = codesOf(table);
  const tables = Object.entries(written.tables).map(([name, table]): [string, TableMapping] => [
    name,
    tableOf(name, table, codes),
  ]);
  const { name, version, source, patients } = written;
  return {
    ...{ name, version, source: withPort(source) },
    ...(patients !== undefined && { patients: { type: 'PI', ...patients } }),
    ...{ codes, tables: Object.fromEntries(tables) },
  };
}

function withPort(source: WrittenMapping['source']): RowMappingFile['source'] {
  return source.kind === 'mysql' ? { ...source, connection: { ...{ port: 3306 }, ...source.connection } } : source;
}

type InlineCodes = Record<string, LocalCodes>;

function tableOf(name: string, table: WrittenTable, codes: InlineCodes): TableMapping {
  const { resource, elements, changedAt } = table;
  const single: readonly WrittenResource[] =
    resource === undefined || elements === undefined ? [] : [{ ...table, resource, elements }];
  const patient = patientOf(table.patient);
  const changed = changedAt === undefined ? undefined : ruleOf(changedAt, `${name}.changedAt`, codes);
  return {
    key: listOf(table.key),
    ...(patient !== undefined && { patient }),
    ...(changed !== undefined && 'options' in changed && { changedAt: { ...changed, as: 'dateTime' as const } }),
    resources: [...single, ...(table.resources ?? [])].map((one) => resourceOf(one, name, codes)),
  };
}

function resourceOf(written: WrittenResource, table: string, codes: InlineCodes): ResourceMapping {
  const { resource: type, part, system, when, elements, onDelete = {} } = written;
  const place = part === undefined ? table : `${table}.${part}`;
  return {
    ...{ type, when: conditionsOf(when) },
    ...(part !== undefined && { part }),
    ...(system !== undefined && { system }),
    elements: Object.fromEntries(
      Object.entries(elements).map(([path, rule]) => [path, ruleOf(rule, `${place}.${path}`, codes)]),
    ),
    onDelete: Object.fromEntries(
      Object.entries(onDelete).map(([path, value]) => [path, { constant: constantOf(value) }]),
    ),
  };
}

function patientOf(written: WrittenTable['patient']): PatientJoin | undefined {
  if (written === undefined) return undefined;
  if (typeof written === 'string') return { columns: [written] };
  const { column, columns, via } = written;
  return { columns: columns ?? listOf(column ?? []), ...(via !== undefined && { via }) };
}

function ruleOf(written: WrittenRule, place: string, codes: InlineCodes): ElementRule {
  if (typeof written === 'string') return { columns: [written], options: {} };
  const {
    const: constant,
    column,
    columns = listOf(column ?? []),
    row,
    as,
    when,
    ifColumn,
    unlessColumn,
    ...rest
  } = written;
  const conditions = [...conditionsOf(when), ...setColumn(ifColumn, true), ...setColumn(unlessColumn, false)];
  const conditional = conditions.length > 0 ? { when: conditions } : {};
  if (constant !== undefined) return { constant: constantOf(constant), ...conditional };
  if (row !== undefined)
    return { row, columns, ...(rest.displayColumn !== undefined && { display: rest.displayColumn }), ...conditional };
  return { columns, ...(as !== undefined && { as }), options: optionsOf(rest, place, codes), ...conditional };
}

function setColumn(column: string | undefined, isSet: boolean): readonly Condition[] {
  return column === undefined ? [] : [{ column, isSet }];
}

type WrittenOptions = Omit<
  WrittenRuleObject,
  'const' | 'column' | 'columns' | 'row' | 'as' | 'when' | 'ifColumn' | 'unlessColumn'
>;

function optionsOf(written: WrittenOptions, place: string, tables: InlineCodes): ColumnRule['options'] {
  const { codes, yes, no, empty, ...plain } = written;
  if (typeof codes === 'object') tables[place] = codesOf(codes);
  return {
    ...plain,
    ...(codes !== undefined && { codes: typeof codes === 'string' ? codes : place }),
    ...(yes !== undefined && { yes: listOf(yes).map(String) }),
    ...(no !== undefined && { no: listOf(no).map(String) }),
    ...(empty !== undefined && { empty: listOf(empty).map(String) }),
  };
}

function codesOf(written: WrittenCodes): LocalCodes {
  return Object.fromEntries(
    Object.entries(written).map(([code, meaning]) => [code, typeof meaning === 'object' ? meaning : String(meaning)]),
  );
}

function conditionsOf(written: WrittenCondition | readonly WrittenCondition[] = []): readonly Condition[] {
  return listOf(written).map(({ column, isSet, is, isNot }) => ({
    column,
    ...(isSet !== undefined && { isSet }),
    ...(is !== undefined && { is: listOf(is).map(String) }),
    ...(isNot !== undefined && { isNot: listOf(isNot).map(String) }),
  }));
}

function constantOf(written: NonNullable<WrittenRuleObject['const']>): string | number | boolean | readonly string[] {
  return typeof written === 'object' ? written.map(String) : written;
}

function listOf<Value>(value: Value | readonly Value[]): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [value as Value];
}
