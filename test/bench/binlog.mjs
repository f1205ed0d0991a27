// `npm run bench -- binlog [--rows 20000] [--seconds 10] [--rate 500] [--out bench-binlog.json]`: a MariaDB and the standalone product
// on this machine. How many changes a second become durable, signed events when many wait, and how old a change is when its
// event is durable while `rate` rows a second are written, each in a transaction of its own.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import mysql from 'mysql2/promise';
import { startMariadb } from '../../deploy/stack/mariadb.mjs';
import { load } from './usage.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '500' },
    out: { type: 'string', default: 'bench-binlog.json' },
  },
});
const rows = Number(values.rows);
const directory = mkdtempSync(join(tmpdir(), 'anamnesis-bench-binlog-'));
const mariadb = await startMariadb({ directory: join(directory, 'mariadb') });
const url = new URL(await mariadb.url('hospital'));
const database = await mysql.createPool({ uri: url.href, multipleStatements: true, connectionLimit: 4 });
const mapping = `
name: bench
version: 1
source:
  facility: BENCH
  application: PAS
  zone: UTC
  kind: mysql
  connection: { host: 127.0.0.1, port: ${url.port}, database: hospital, user: root, passwordVariable: BENCH_PASSWORD, reconcileMinutes: 0 }
patients: { table: patients, authority: 'urn:oid:2.999.9.1' }
tables:
  patients:
    key: id
    resource: Patient
    elements:
      name[0].family: family
      gender: { column: sex, codes: { M: male, F: female } }
      birthDate: born
      address[0].city: city
      telecom[0]: { column: phone, as: phone }
`;
let product;
try {
  await database.query(
    'CREATE TABLE patients (id INT PRIMARY KEY, family VARCHAR(40), sex CHAR(1), born DATE, city VARCHAR(40), phone VARCHAR(20))',
  );
  mkdirSync(join(directory, 'sources'));
  writeFileSync(join(directory, 'sources', 'bench.yaml'), mapping);
  product = await startProduct();
  await until(async () => (await metric('db_comparisons_total')) === 1);
  const many = await measureMany();
  const lag = await measureLag();
  const report = { node: process.version, load: load(), many, lag };
  console.table([many, lag]);
  writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  product?.child.kill('SIGKILL');
  await database.end();
  await mariadb.kill();
  rmSync(directory, { recursive: true, force: true });
}

/** All in one transaction: from its commit to the last durable event. */
async function measureMany() {
  const before = await told();
  await database.query(
    `INSERT INTO patients SELECT seq, CONCAT('Test ', seq), IF(seq MOD 2, 'M', 'F'), '1980-02-01', 'Test City', '+92-300-5550100'
      FROM seq_1_to_${rows}`,
  );
  const startedAt = performance.now();
  await until(async () => (await told()) - before >= rows);
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    what: `${rows} rows in one transaction`,
    seconds: round(seconds),
    'rows per second': Math.round(rows / seconds),
  };
}

/** From the commit of a row to when the product says that its event is durable. */
async function measureLag() {
  const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
  const count = rate * seconds;
  const before = await told();
  const committedAt = [];
  const lags = [];
  const startedAt = performance.now();
  const watching = (async () => {
    while (lags.length < count) {
      const durable = (await told()) - before;
      const now = performance.now();
      while (lags.length < Math.min(durable, committedAt.length)) lags.push(now - committedAt[lags.length]);
      await sleep(50);
    }
  })();
  for (let row = 0; row < count; row++) {
    const waitMs = startedAt + (row * 1000) / rate - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    await database.query('UPDATE patients SET city = ? WHERE id = ?', [`City ${row}`, 1 + (row % rows)]);
    committedAt.push(performance.now());
  }
  const writtenSeconds = (performance.now() - startedAt) / 1000;
  await watching;
  lags.sort((a, b) => a - b);
  const at = (share) => Math.round(lags[Math.min(lags.length - 1, Math.floor(lags.length * share))]);
  const written = Math.round(count / writtenSeconds);
  return { what: `${written} rows a second`, 'lag p50 ms': at(0.5), 'lag p99 ms': at(0.99), 'lag max ms': at(1) };
}

function told() {
  return metric('db_rows_total');
}

/** Summed over its labels. */
async function metric(name) {
  const { baseUrl, token } = product;
  const response = await fetch(`${baseUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith(`anamnesis_${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function startProduct() {
  const data = join(directory, 'product');
  const environment = {
    DATA_DIR: data,
    HTTP_PORT: '0',
    MLLP_PORT: '0',
    LOG_LEVEL: 'warn',
    DB_SOURCES: join(directory, 'sources'),
  };
  const main = 'dist/apps/standalone/apps/standalone/src/main.js';
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, BENCH_PASSWORD: url.password, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const sandbox = await until(() => JSON.parse(readFileSync(join(data, 'sandbox.json'), 'utf8')));
  return { child, baseUrl: sandbox.http.baseUrl, token: sandbox.tokens.admin };
}

/** Repeats `look` until it gives something; to ask costs the product, too. */
async function until(look) {
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
    } catch {
      // not there yet
    }
    await sleep(100);
  }
}

function round(seconds) {
  return Math.round(seconds * 100) / 100;
}
