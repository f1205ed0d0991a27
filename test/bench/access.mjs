// `npm run bench -- access [--rows 200000] [--looks first,same,changed,published] [--out bench-access.json]`: an Access file of one
// table, written by Jackcess and kept in `.cache/bench` (`AccessFile.java`), and what a look at it costs, each in a process of
// its own: the first, after which all rows are known; one at other bytes with the same rows; one at the file of a day later. Their
// changes are read, compared and kept, and delivered to nobody; `published` is the first look of the whole database adapter, all rows
// mapped, signed and durable on the embedded bus.
import { execFileSync, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { provisionJackcess } from '../../deploy/stack/jackcess.mjs';
import { cacheDirectory } from '../../deploy/stack/paths.mjs';
import { products, until } from './binlog-products.mjs';
import { cpuSeconds, load, memoryMb } from './usage.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    looks: { type: 'string', default: 'first,same,changed,published' },
    out: { type: 'string', default: 'bench-access.json' },
  },
});
const rows = Number(values.rows);
const pageBytes = 4096;
const tables = { Patients: { key: ['Number'] } };
const columns =
  '19 columns: 9 of text (one in Urdu), 3 dates, 2 of Currency, 2 whole numbers, Double, Yes/No, and a memo in every tenth row';

const mapping = `
name: bench
version: 1
source:
  facility: BENCH
  application: PAS
  zone: Asia/Karachi
  kind: access
  connection: { path: ../../hospital.accdb, quietMs: 0 }
patients: { table: Patients, authority: 'urn:oid:2.999.9.1' }
tables:
  Patients:
    key: Number
    resource: Patient
    elements:
      identifier[0]: { column: NationalId, system: 'urn:oid:2.999.9.2', type: NI }
      name[0]: { column: NameLatin, as: name, order: given-family, use: official }
      name[1]: { column: NameUrdu, as: name, order: given-family, language: ur, use: usual }
      gender: { column: Sex, codes: { M: male, F: female } }
      birthDate: { column: Born, format: yyyy-MM-dd HH:mm:ss }
      telecom[0]: { column: Phone, as: phone, use: mobile }
      address[0].line: { columns: [Address] }
      address[0].city: City
`;

const files = await writtenFiles();
const directory = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'anamnesis-bench-access-'));
const path = join(directory, 'hospital.accdb');
const looks = {
  first: () => look(files.first),
  same: () => look(files.first, { isTouched: true, position: { pending: 1 } }),
  changed: () => look(files.later, { position: { pending: 1 } }),
  published: () => publish(files.first),
};
const measured = [];
try {
  console.log(`${rows} rows, ${Math.round(statSync(files.first).size / 1e6)} MB, ${columns}`);
  for (const name of values.looks.split(',')) measured.push({ look: name, ...(await looks[name]()), load: load() });
  console.table(measured);
  writeFileSync(values.out, `${JSON.stringify({ node: process.version, rows, columns, measured }, null, 2)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Once for each number of rows and each version of what writes them. */
async function writtenFiles() {
  const program = join(import.meta.dirname, 'AccessFile.java');
  const version = createHash('sha256').update(readFileSync(program)).digest('hex').slice(0, 12);
  const folder = join(cacheDirectory, 'bench', `access-${rows}-${version}`);
  const [first, later] = ['first', 'later'].map((name) => join(folder, `${name}.accdb`));
  if (existsSync(folder)) return { first, later };
  console.log(`Jackcess writes ${folder}`);
  const { java, classPath } = await provisionJackcess();
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const targets = ['first', 'later'].map((name) => join(unfinished, `${name}.accdb`));
  execFileSync(java, ['-cp', classPath, program, ...targets, String(rows)], { stdio: 'inherit' });
  renameSync(unfinished, folder);
  return { first, later };
}

/** A page that no table uses makes it another file. */
async function look(file, { isTouched = false, position } = {}) {
  copyFileSync(file, path);
  if (isTouched) appendFileSync(path, new Uint8Array(pageBytes));
  const task = JSON.stringify({ path, directory, tables, position });
  const child = fork(join(import.meta.dirname, 'access-look.mjs'), [task], { execArgv: profiled() });
  const exit = once(child, 'exit');
  const [[said], [code]] = await Promise.all([Promise.race([once(child, 'message'), exit]), exit]);
  if (typeof said !== 'object' || said === null || code !== 0) throw new Error(`the look ended with ${code}`);
  const { found, guards, seconds, cpuSeconds: cpu, peak } = said;
  if (guards.length > 0) throw new Error(`the source said ${guards.join(', ')}`);
  return { 'new, changed, gone': Object.values(found).join(', '), ...costs(seconds, cpu, peak) };
}

async function publish(file) {
  const data = join(directory, 'published');
  mkdirSync(join(data, 'sources'), { recursive: true });
  copyFileSync(file, path);
  writeFileSync(join(data, 'sources', 'bench.yaml'), mapping);
  const product = await products.adapter({ DATA_DIR: data, DB_SOURCES: join(data, 'sources') });
  try {
    const startedAt = performance.now();
    const cpuBefore = cpuSeconds(product.pid);
    await until(async () => (await product.metric('db_rows_total')) >= rows);
    const seconds = (performance.now() - startedAt) / 1000;
    const cpu = cpuSeconds(product.pid) - cpuBefore;
    return { 'new, changed, gone': `${rows}, 0, 0`, ...costs(seconds, cpu, memoryMb(product.pid).peak) };
  } finally {
    await product.stop();
  }
}

function costs(seconds, cpu, peak) {
  return { 'wall s': round(seconds), 'CPU s': round(cpu), 'RSS peak MB': peak };
}

function round(seconds) {
  return Math.round(seconds * 10) / 10;
}

function profiled() {
  const folder = process.env.BENCH_PROFILE_DIR;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}
