import type { ColumnRule, ElementRule, TableMapping } from '@anamnesis/fhir';

/** Every column of a table that its mapping reads, and what reads it first. */
export function usedColumns(table: TableMapping): ReadonlyMap<string, string> {
  const used = new Map<string, string>();
  const use = (columns: readonly (string | undefined)[], by: string) => {
    for (const column of columns) if (column !== undefined && !used.has(column)) used.set(column, by);
  };
  use(table.key, 'key');
  use(table.patient?.columns ?? [], 'patient');
  use(table.changedAt === undefined ? [] : columnsOf(table.changedAt), 'changedAt');
  for (const { type, when, elements } of table.resources) {
    use(
      when.map(({ column }) => column),
      `${type}.when`,
    );
    for (const [path, rule] of Object.entries(elements)) use(columnsOf(rule), `${type}.${path}`);
  }
  return used;
}

function columnsOf(rule: ElementRule): readonly (string | undefined)[] {
  const conditions = (rule.when ?? []).map(({ column }) => column);
  if ('constant' in rule) return conditions;
  if ('row' in rule) return [...rule.columns, rule.display, ...conditions];
  return [...rule.columns, ...besideOf(rule), ...conditions];
}

function besideOf({ options }: ColumnRule): readonly (string | undefined)[] {
  return [options.displayColumn, options.textColumn, options.unitColumn];
}
