import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapterFolderOrExit } from './adapter-folder.js';

/**
 * `rows parked [source]`: rows of databases of which something could not be told, and why. `rows replay <source> [table]`:
 * maps them again by the mapping that is in force.
 */
const usage = 'usage: rows parked [source] | rows replay <source> [table]';

interface Note {
  readonly rows: number;
  readonly listed: readonly {
    readonly table: string;
    readonly named: string;
    readonly findings: readonly { readonly rule: string; readonly location: string; readonly text: string }[];
    readonly since: string;
  }[];
}

const folder = adapterFolderOrExit();
const [command, source, table, ...more] = process.argv.slice(2);

if (command === 'parked' && table === undefined) list(source);
else if (command === 'replay' && source !== undefined && more.length === 0) replay(source);
else fail(usage);

function list(only: string | undefined): void {
  const sources = parkedSources().filter((name) => only === undefined || name === only);
  for (const name of sources) {
    const { rows, listed } = noteOf(name);
    for (const one of listed)
      for (const { rule, location, text } of one.findings)
        print([name, one.table, `row ${one.named}`, rule, location, text, `since ${one.since}`]);
    if (rows > listed.length) print([name, `and ${rows - listed.length} rows more`]);
  }
  if (sources.length === 0) print(['no row is parked']);
}

function replay(name: string): void {
  if (!parkedSources().includes(name)) fail(`no row is parked for ${name}`);
  const request = join(folder, 'replay', `${name}.json`);
  mkdirSync(join(folder, 'replay'), { recursive: true, mode: 0o700 });
  writeFileSync(`${request}.tmp`, JSON.stringify(table === undefined ? {} : { table }));
  renameSync(`${request}.tmp`, request);
  const { rows, listed } = noteOf(name);
  const count = table === undefined ? rows : listed.filter((one) => one.table === table).length;
  print([
    `${name}: ${count} rows are mapped again now, or when the adapter runs; what is left then is listed as before`,
  ]);
}

function parkedSources(): readonly string[] {
  const notes = existsSync(join(folder, 'parked')) ? readdirSync(join(folder, 'parked')) : [];
  return notes.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
}

function noteOf(name: string): Note {
  return JSON.parse(readFileSync(join(folder, 'parked', `${name}.json`), 'utf8')) as Note;
}

function print(columns: readonly string[]): void {
  process.stdout.write(`${columns.join('\t')}\n`);
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}
