import type { RowMappingFile, TableMapping } from '@anamnesis/fhir';
import type { LiveDatabase, LiveTable } from './live-database.js';
import { mapSample } from './map-sample.js';
import { usedColumns } from '../used-columns.js';

export interface LiveCheck {
  /** What the adapter could not work with. */
  readonly problems: readonly string[];
  /** What the sample rows show: by rule and column, how many of how many. No values. */
  readonly findings: readonly string[];
  /** What was looked at: a line for each table. */
  readonly seen: readonly string[];
}

/** Does the mapping fit the database: tables, columns, keys, and the first rows of each table? */
export async function checkLive(
  mapping: RowMappingFile,
  database: LiveDatabase,
  sampleRows: number,
): Promise<LiveCheck> {
  const check = { problems: [] as string[], findings: [] as string[], seen: [] as string[] };
  for (const [name, table] of Object.entries(mapping.tables)) {
    const found = await database.table(name);
    const problems =
      found === undefined
        ? [missing(name, await database.namesBeside(name))]
        : await tableProblems(name, { table, found, database });
    check.problems.push(...problems);
    if (problems.length > 0) continue;
    const { findings, rowCount, unmapped } = await checkRows(name, { mapping, database, sampleRows });
    check.findings.push(...findings);
    check.seen.push(`${name}: ${rowCount} rows read, ${rowCount - unmapped} mapped`);
  }
  return check;
}

function missing(name: string, names: readonly string[]): string {
  return `${name}: the database has no such table${near(name, names)}`;
}

interface CheckedTable {
  readonly table: TableMapping;
  readonly found: LiveTable;
  readonly database: LiveDatabase;
}

async function tableProblems(name: string, { table, found, database }: CheckedTable): Promise<readonly string[]> {
  const columns = found.columns.map((one) => one.name);
  const unknown = [...usedColumns(table)].filter(([column]) => !columns.includes(column));
  const problems = unknown.map(([column, by]) => `${name}.${column} (${by}): no such column${near(column, columns)}`);
  if (table.key.every((column) => columns.includes(column))) {
    const problem = await database.keyProblem(name, table.key);
    if (problem !== undefined) problems.push(`${name} (key): ${table.key.join(', ')}: ${problem}`);
  }
  return [...problems, ...formatProblems(name, table, found)];
}

/** A column of dates is told as yyyy-MM-dd, whatever its program shows. */
function formatProblems(name: string, { resources }: TableMapping, { columns }: LiveTable): readonly string[] {
  const types = new Map(columns.map((one) => [one.name, one.type]));
  return resources.flatMap(({ type, elements }) =>
    Object.entries(elements).flatMap(([path, rule]) => {
      if (!('options' in rule) || rule.options.format === undefined) return [];
      const [column = ''] = rule.columns;
      const stored = types.get(column) ?? '';
      if (!/^(date|datetime|timestamp|datetimextended)$/.test(stored)) return [];
      return [`${name}.${column} (${type}.${path}): the column is a ${stored}, which needs no format`];
    }),
  );
}

interface Sampled {
  readonly mapping: RowMappingFile;
  readonly database: LiveDatabase;
  readonly sampleRows: number;
}

async function checkRows(name: string, { mapping, database, sampleRows }: Sampled) {
  const rows = await database.rows(name, sampleRows);
  const counts = new Map<string, number>();
  let unmapped = 0;
  for (const row of rows) {
    const event = await mapSample({ table: name, row }, mapping, database);
    if (event.type === 'row.unmapped') unmapped++;
    for (const { rule, location, text } of event.resources.findings ?? []) {
      const line = `${location} (${rule}): ${text}`;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  const findings = [...counts].map(([line, count]) => `${line}: ${count} of ${rows.length} rows`);
  return { findings, unmapped, rowCount: rows.length };
}

/** Most names that are not there are written in another case. */
function near(name: string, names: readonly string[]): string {
  const found = names.find((one) => one.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return `; there is ${found}`;
  return names.length === 0 ? '' : `; there are ${names.slice(0, 30).join(', ')}`;
}
