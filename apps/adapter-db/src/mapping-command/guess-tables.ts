import { tableGuesses, type TableGuess } from './guesses.js';
import type { LiveDatabase, LiveTable } from './live-database.js';

/** A table, and what its name says that it holds. */
export interface GuessedTable {
  readonly table: LiveTable;
  readonly guess: TableGuess;
  readonly key: readonly string[];
  /** The database does not tell its keys: no two rows that are there now have the same. */
  readonly isKeyGuessed: boolean;
}

/** Columns that hold the key of a patient, or (`via`) of a row that leads to one. */
export interface GuessedJoin {
  readonly columns: readonly string[];
  readonly via?: string;
  /** By a foreign key; otherwise by the name of the column alone. */
  readonly isDeclared: boolean;
}

/**
 * The tables that have a name which says something and a key, parents before children, as a mapping file has them: that of
 * the patients first, and only one of these.
 */
export async function guessTables(
  tables: readonly LiveTable[],
  database: LiveDatabase,
): Promise<readonly GuessedTable[]> {
  const found: GuessedTable[] = [];
  for (const table of tables) {
    const guess = tableGuesses.find(({ name }) => name.test(table.name));
    if (guess === undefined || (guess.resource === 'Patient' && found.some(isPatients))) continue;
    const key = table.primaryKey.length > 0 ? table.primaryKey : await guessKey(table, database);
    if (key !== undefined) found.push({ table, guess, key, isKeyGuessed: table.primaryKey.length === 0 });
  }
  return found.sort((a, b) => rankOf(a, found) - rankOf(b, found));
}

/** Staff and places are named by visits, visits by what was done in them. */
function rankOf(one: GuessedTable, found: readonly GuessedTable[]): number {
  if (isPatients(one)) return 0;
  if (!isOfPatient(one)) return 1;
  if (joinOf(one, found)?.via !== undefined) return 4;
  return one.guess.resource === 'Encounter' ? 2 : 3;
}

export function isPatients({ guess }: GuessedTable): boolean {
  return guess.resource === 'Patient';
}

export function isOfPatient(one: GuessedTable): boolean {
  return !isPatients(one) && !['Practitioner', 'Organization', 'Location'].includes(one.guess.resource);
}

/** A column that tells all rows apart, those called a number first. */
async function guessKey({ name, columns }: LiveTable, database: LiveDatabase): Promise<readonly string[] | undefined> {
  const names = columns.map((column) => column.name);
  const rank = (column: string) => Number(!/(id|no|number|code|key)$/i.test(column));
  for (const column of [...names].sort((a, b) => rank(a) - rank(b)))
    if ((await database.keyProblem(name, [column])) === undefined) return [column];
  return undefined;
}

/** Straight to the patients, else through a table that leads to them. */
export function joinOf(one: GuessedTable, found: readonly GuessedTable[]): GuessedJoin | undefined {
  const patients = found.find(isPatients);
  if (patients === undefined || !isOfPatient(one)) return undefined;
  const straight = joinTo(one, patients, ['patient_id', 'patientid', 'patient_no', 'patientno', 'patient', 'pid']);
  if (straight !== undefined) return straight;
  for (const via of found) {
    const join = via !== one && isOfPatient(via) && joinTo(via, patients) ? joinTo(one, via) : undefined;
    if (join !== undefined) return { ...join, via: via.table.name };
  }
  return undefined;
}

/** By a foreign key, else by a column that is called as the key of the other table, or as others call it. */
export function joinTo(
  { table }: GuessedTable,
  parent: GuessedTable,
  names: readonly string[] = [],
): GuessedJoin | undefined {
  const declared = table.parents.find((one) => one.table === parent.table.name);
  if (declared !== undefined) return { columns: declared.columns, isDeclared: true };
  const [key = ''] = parent.key;
  if (parent.key.length !== 1) return undefined;
  const wanted = [key, ...names].map((name) => name.toLowerCase()).filter((name) => !/^(id|no|code|key)$/.test(name));
  const column = table.columns.find(({ name }) => wanted.includes(name.toLowerCase()));
  return column && { columns: [column.name], isDeclared: false };
}
