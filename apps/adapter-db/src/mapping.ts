import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  MappingFileError,
  mappingSchema,
  type MysqlConnection,
  readRowMapping,
  type RowConnection,
  type RowMappingFile,
} from '@anamnesis/fhir';
import { AccessDatabase } from './mapping-command/access-database.js';
import { checkLive } from './mapping-command/check-live.js';
import type { LiveDatabase } from './mapping-command/live-database.js';
import { MysqlDatabase } from './mapping-command/mysql-database.js';
import { previewLive } from './mapping-command/preview-live.js';
import { type StarterOptions, writeStarter } from './mapping-command/write-starter.js';

const usage = `usage: npm run mapping -- check <file> [--rows 200] [--offline]
       npm run mapping -- preview <file> [--rows 5] [--table <name>]
       npm run mapping -- starter --kind mysql --url mysql://user@host:3306/database [more] > mapping.yaml
       npm run mapping -- starter --kind access --file hospital.accdb [more] > mapping.yaml
       npm run mapping -- schema

check    reads the mapping file and the database that it names: tables, columns, keys, and how the first rows of each table
         convert. --offline looks at the file alone.
preview  prints the FHIR resources that the first rows become. It shows patients' data.
starter  writes a first mapping file from the database's own schema, each guess marked. More: --facility, --application,
         --zone, and --password-file <path> or --password-variable <name>; a password never stands in the file or in the URL
schema   prints the JSON Schema of a mapping file, for editors

exit status: 0 all is right, 1 something is wrong and was named, 2 the file or the database cannot be read`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...{ rows: text, table: text, kind: text, url: text, file: text, facility: text, application: text, zone: text },
  ...{ 'password-file': text, 'password-variable': text, offline: flag },
} as const;

// Whoever reads no further (`| head`) has seen enough.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 2));

type Values = ReturnType<typeof parseArgs<{ allowPositionals: true; options: typeof options }>>['values'];

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [command, file, ...more] = positionals;
  if (more.length > 0) throw new Error(usage);
  if (command === 'check' && file !== undefined) process.exitCode = (await check(file, values)) ? 0 : 1;
  else if (command === 'preview' && file !== undefined) await preview(file, values);
  else if (command === 'starter' && file === undefined) await starter(values);
  else if (command === 'schema' && file === undefined) console.log(JSON.stringify(mappingSchema, null, 2));
  else throw new Error(usage);
} catch (error) {
  if (!(error instanceof MappingFileError)) console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof MappingFileError ? 1 : 2;
}

async function check(file: string, { rows, offline = false }: Values): Promise<boolean> {
  const mapping = readFileOf(file);
  console.log(`the file is right: ${Object.keys(mapping.tables).length} tables`);
  if (offline) return true;
  if (mapping.source.kind === 'debezium') {
    console.log('topics are not read here: what their rows hold was not looked at');
    return true;
  }
  const { seen, findings, problems } = await withDatabase(mapping.source, (database) =>
    checkLive(mapping, database, countOf(rows, 200)),
  );
  for (const line of seen) console.log(line);
  for (const line of findings) console.log(`FINDING ${line}`);
  for (const line of problems) console.log(`WRONG ${line}`);
  console.log(problems.length === 0 ? 'the database is as the file says' : 'the file does not fit the database');
  return problems.length === 0;
}

/** Throws `MappingFileError`, as lines that editors open. */
function readFileOf(file: string): RowMappingFile {
  try {
    return readRowMapping(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof MappingFileError)
      for (const line of error.message.split('\n')) console.error(`${file}:${line}`);
    throw error instanceof MappingFileError ? error : new Error(`${file} cannot be read`);
  }
}

async function preview(file: string, { rows, table }: Values): Promise<void> {
  const mapping = readFileOf(file);
  if (table !== undefined && !Object.hasOwn(mapping.tables, table)) throw new Error(`${file} has no table ${table}`);
  await withDatabase(mapping.source, async (database) => {
    for await (const part of previewLive(mapping, database, { rows: countOf(rows, 5), table })) console.log(part);
  });
}

async function starter(values: Values): Promise<void> {
  const source = sourceOf(values);
  const { facility = 'FACILITY', application = 'DATABASE' } = values;
  const zone = values.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { kind } = source;
  if (kind === 'debezium') throw new Error(usage);
  const connection = source.connection as unknown as StarterOptions['connection'];
  const made = await withDatabase(source, (database) =>
    writeStarter(database, { facility, application, zone, kind, connection }),
  );
  process.stdout.write(made);
}

function sourceOf(values: Values): RowConnection {
  const { kind, url, file } = values;
  const password = {
    ...(values['password-file'] !== undefined && { passwordFile: values['password-file'] }),
    ...(values['password-variable'] !== undefined && { passwordVariable: values['password-variable'] }),
  };
  if (kind === 'access' && file !== undefined) return { kind, connection: { path: file, ...password } };
  if (kind === 'mysql' && url !== undefined) return { kind, connection: { ...serverOf(new URL(url)), ...password } };
  throw new Error(usage);
}

function serverOf({ protocol, hostname: host, port, pathname, username, password }: URL): MysqlConnection {
  if (password !== '')
    throw new Error('a password in a URL is seen by everybody: --password-file or --password-variable');
  const database = decodeURIComponent(pathname.slice(1));
  if (!/^(mysql|mariadb):$/.test(protocol) || database === '' || username === '') throw new Error(usage);
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port === '' ? 3306 : port),
    database,
    user: decodeURIComponent(username),
  };
}

function countOf(rows: string | undefined, otherwise: number): number {
  if (rows === undefined) return otherwise;
  if (!/^[1-9]\d{0,4}$/.test(rows)) throw new Error('--rows is a number from 1 to 99999');
  return Number(rows);
}

async function withDatabase<Result>(
  source: RowConnection,
  work: (database: LiveDatabase) => Promise<Result>,
): Promise<Result> {
  if (source.kind === 'debezium') throw new Error('topics are not read here');
  const database =
    source.kind === 'mysql'
      ? await MysqlDatabase.open(source.connection)
      : await AccessDatabase.open(source.connection);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
