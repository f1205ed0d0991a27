import type { Row } from '@anamnesis/core';
import { type GuessedJoin, type GuessedTable, guessTables, isOfPatient, joinOf, joinTo } from './guess-tables.js';
import { type ColumnGuess, excludes } from './guesses.js';
import type { LiveColumn, LiveDatabase, LiveTable } from './live-database.js';
import { lookAtValues, quoted } from './look-at-values.js';

export interface StarterOptions {
  readonly facility: string;
  readonly application: string;
  readonly zone: string;
  readonly kind: 'mysql' | 'access';
  /** Members of `connection`, without a password. */
  readonly connection: Readonly<Record<string, string | number>>;
}

/** Rows that are looked at for formats and codes. */
const sampleRows = 200;

/**
 * A first mapping file of a database, from its own schema: what names of tables and columns mostly mean. Each guess is
 * marked; nothing of it was decided. It is accepted by `check` as it is.
 */
export async function writeStarter(database: LiveDatabase, options: StarterOptions): Promise<string> {
  const tables = await database.tables();
  const found = await guessTables(tables, database);
  const patients = found.find(({ guess }) => guess.resource === 'Patient');
  const left: string[] = [];
  const written: string[] = [];
  for (const one of found) {
    const lines = await writeTable(one, { database, found, options });
    if (lines === undefined) left.push(`${one.table.name}: no column leads to a patient`);
    else written.push(...lines);
  }
  if (written.length === 0)
    throw new Error('no table has a name that says what it holds: begin with docs/mapping-rows.md');
  const lines = [...head(options, patients), 'tables:', ...written];
  const known = new Set(found.map(({ table }) => table.name));
  left.push(...tables.filter(({ name }) => !known.has(name)).map(({ name }) => `${name}: nothing is guessed of it`));
  if (left.length > 0) lines.push('# Not mapped:', ...left.map((line) => `#   ${line}`));
  return `${lines.join('\n')}\n`;
}

function head(
  { facility, application, zone, kind, connection }: StarterOptions,
  patients: GuessedTable | undefined,
): string[] {
  const authority = `urn:anamnesis:facility:${encodeURIComponent(facility)}:patients`;
  return [
    '# A starter: everything marked "guess" is one. Change it, then: npm run mapping -- check <this file>',
    `name: ${quoted(`${facility}-${application}`.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 60))}`,
    'version: 1 # raise it with every change',
    'source:',
    `  facility: ${quoted(facility)}`,
    `  application: ${quoted(application)}`,
    `  zone: ${quoted(zone)} # guess: of times without an offset`,
    `  kind: ${kind}`,
    `  connection: { ${Object.entries(connection)
      .map(([name, value]) => `${name}: ${typeof value === 'number' ? value : quoted(value)}`)
      .join(', ')} }`,
    ...(patients === undefined
      ? ['# No table of patients was found: only what is about no patient is mapped.']
      : [
          'patients:',
          `  table: ${quoted(patients.table.name)} # guess: by its name`,
          `  authority: ${quoted(authority)} # guess: better an OID or a URI of the hospital's own`,
        ]),
  ];
}

interface WritePlace {
  readonly database: LiveDatabase;
  readonly found: readonly GuessedTable[];
  readonly options: StarterOptions;
}

async function writeTable(one: GuessedTable, place: WritePlace): Promise<readonly string[] | undefined> {
  const { table, guess, key, isKeyGuessed } = one;
  const join = joinOf(one, place.found);
  if (isOfPatient(one) && join === undefined) return undefined;
  const rows = await place.database.rows(table.name, sampleRows);
  const elements = [...writeElements(one, rows, place.options), ...writeEncounter(one, place.found)];
  if (elements.length === 0) elements.push('      active: { const: true } # guess: no column was known');
  return [
    `  ${quoted(table.name)}:`,
    `    key: [${key.map(quoted).join(', ')}]${isKeyGuessed ? ` # guess: no two of ${rows.length} rows have the same` : ''}`,
    ...(join === undefined ? [] : [`    patient: ${writeJoin(join)}`]),
    `    resource: ${guess.resource} # guess: by the name of the table`,
    '    elements:',
    ...elements,
  ];
}

function writeJoin({ columns, via, isDeclared }: GuessedJoin): string {
  const leading = via === undefined ? '' : `via: ${quoted(via)}, `;
  return `{ ${leading}columns: [${columns.map(quoted).join(', ')}] } # ${isDeclared ? 'by its foreign key' : 'guess: by its name'}`;
}

const ofEncounters = ['Observation', 'Condition', 'MedicationRequest', 'ServiceRequest', 'DiagnosticReport'];

/** The visit, where a column holds its key. */
function writeEncounter(one: GuessedTable, found: readonly GuessedTable[]): readonly string[] {
  const visits = found.find(({ guess }) => guess.resource === 'Encounter');
  const join = visits && ofEncounters.includes(one.guess.resource) ? joinTo(one, visits) : undefined;
  if (visits === undefined || join === undefined || joinOf(visits, found) === undefined) return [];
  const { columns, isDeclared } = join;
  const rule = `{ row: ${quoted(visits.table.name)}, columns: [${columns.map(quoted).join(', ')}] }`;
  return [`      encounter: ${rule} # ${isDeclared ? 'by its foreign key' : 'guess: by its name'}`];
}

function writeElements(
  { table, guess, key }: GuessedTable,
  rows: readonly Row[],
  options: StarterOptions,
): readonly string[] {
  const lines: string[] = [];
  const [used, stated] = [new Set<string>(), new Set<string>()];
  for (const one of guess.columns) {
    // The key is stated anyway.
    const free = table.columns.filter(
      ({ name }) => !used.has(name) && !(one.path.startsWith('identifier') && key.includes(name)),
    );
    const column = free.find(({ name }) => one.name.test(wordsOf(name)));
    if (column === undefined || isStated(one.path, stated)) continue;
    used.add(column.name);
    for (const path of [one.path, ...(excludes[one.path] ?? [])]) stated.add(path);
    lines.push(writeRule(one, column, { rows, table, options }));
    if (one.path === 'valueQuantity')
      lines.push(`      valueString: ${quoted(column.name)} # guess: of the same column, what is no number`);
  }
  const missing = Object.entries(guess.otherwise ?? {}).filter(([path]) => !isStated(path, stated));
  return [...lines, ...missing.map(([path, rule]) => `      ${path}: ${rule} # guess: no column says it`)];
}

/** `Home Town` and `home-town` are `home_town`. */
function wordsOf(name: string): string {
  return name.trim().replace(/[\s-]+/g, '_');
}

/** A code with its text needs no text beside it. */
function isStated(path: string, stated: ReadonlySet<string>): boolean {
  return stated.has(path) || (path === 'code.text' && stated.has('code'));
}

interface RulePlace {
  readonly rows: readonly Row[];
  readonly table: LiveTable;
  readonly options: StarterOptions;
}

function writeRule({ path, kind = 'plain', options = '' }: ColumnGuess, column: LiveColumn, place: RulePlace): string {
  const { members, remark } = lookAtValues(column, place.rows, kind);
  const unit = path === 'valueQuantity' ? place.table.columns.find(({ name }) => /^units?$/i.test(name)) : undefined;
  const isNumbered = path.startsWith('identifier');
  const system = `urn:anamnesis:facility:${encodeURIComponent(place.options.facility)}:${encodeURIComponent(column.name)}`;
  const all = [
    `column: ${quoted(column.name)}`,
    ...(options === '' ? [] : [options]),
    ...(isNumbered ? [`system: ${quoted(system)}`] : []),
    ...(unit === undefined ? [] : [`unitColumn: ${quoted(unit.name)}`]),
    ...members,
  ];
  const rule = all.length === 1 ? quoted(column.name) : `{ ${all.join(', ')} }`;
  return `      ${path}: ${rule} # guess: by its name${remark === '' ? '' : `; ${remark}`}`;
}
