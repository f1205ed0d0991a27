// `npm run bench -- binlog [--products adapter,standalone] [--rows 20000] [--seconds 10] [--rate 500] [--writers 32]
// [--out bench-binlog.json]`: a MariaDB and the product on this machine, the database adapter alone (nobody reads what it
// publishes) or the whole standalone product. How many changes a second become durable, signed events when many wait, what
// one costs, and how old a change is when its event is durable while `rate` rows a second are written, each in a transaction
// of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import mysql from 'mysql2/promise';
import { startMariadb } from '../../deploy/stack/mariadb.mjs';
import { products, until } from './binlog-products.mjs';
import { cpuSeconds, load, memoryMb } from './usage.mjs';

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: 'adapter,standalone' },
    rows: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '500' },
    writers: { type: 'string', default: '32' },
    out: { type: 'string', default: 'bench-binlog.json' },
  },
});
const [rows, writers] = [Number(values.rows), Number(values.writers)];
const directory = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'anamnesis-bench-binlog-'));
const mariadb = await startMariadb({ directory: join(directory, 'mariadb') });
const url = new URL(await mariadb.url('hospital'));
const database = await mysql.createPool({ uri: url.href, multipleStatements: true, connectionLimit: writers });
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
const measured = [];
try {
  mkdirSync(join(directory, 'sources'));
  writeFileSync(join(directory, 'sources', 'bench.yaml'), mapping);
  for (const name of values.products.split(',')) await measureProduct(name);
  console.table(measured);
  writeFileSync(values.out, `${JSON.stringify({ node: process.version, measured }, null, 2)}\n`);
} finally {
  await database.end();
  await mariadb.kill();
  rmSync(directory, { recursive: true, force: true });
}

/** On an empty table, with a data directory of its own. */
async function measureProduct(name) {
  await database.query(
    `DROP TABLE IF EXISTS patients;
     CREATE TABLE patients (id INT PRIMARY KEY, family VARCHAR(40), sex CHAR(1), born DATE, city VARCHAR(40), phone VARCHAR(20))`,
  );
  const data = join(directory, name);
  mkdirSync(data);
  const product = await products[name]({
    DATA_DIR: data,
    DB_SOURCES: join(directory, 'sources'),
    BENCH_PASSWORD: decodeURIComponent(url.password),
  });
  try {
    await until(async () => (await product.metric('db_comparisons_total')) === 1);
    for (const measure of [measureMany, measureLag]) {
      const what = await measure(product);
      measured.push({ product: name, ...what, 'RSS peak MB': memoryMb(product.pid).peak, load: load() });
    }
  } finally {
    await product.stop();
  }
}

/** All in one transaction: from its commit to the last durable event. */
async function measureMany(product) {
  const before = await told(product);
  const cpuBefore = cpuSeconds(product.pid);
  await database.query(
    `INSERT INTO patients SELECT seq, CONCAT('Test ', seq), IF(seq MOD 2, 'M', 'F'), '1980-02-01', 'Test City', '+92-300-5550100'
      FROM seq_1_to_${rows}`,
  );
  const startedAt = performance.now();
  await until(async () => (await told(product)) - before >= rows);
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    what: `${rows} rows in one transaction`,
    'rows per second': Math.round(rows / seconds),
    'us CPU a row': Math.round(((cpuSeconds(product.pid) - cpuBefore) * 1e6) / rows),
  };
}

/** From the commit of a row to when the product says that its event is durable. */
async function measureLag(product) {
  const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
  const count = rate * seconds;
  const before = await told(product);
  const cpuBefore = cpuSeconds(product.pid);
  const committedAt = [];
  const lags = [];
  const watching = (async () => {
    while (lags.length < count) {
      const durable = (await told(product)) - before;
      const now = performance.now();
      while (lags.length < Math.min(durable, committedAt.length)) lags.push(now - committedAt[lags.length]);
      await sleep(50);
    }
  })();
  const startedAt = performance.now();
  let next = 0;
  const write = async () => {
    for (let row = next++; row < count; row = next++) {
      const waitMs = startedAt + (row * 1000) / rate - performance.now();
      if (waitMs > 1) await sleep(waitMs);
      await database.query('UPDATE patients SET city = ? WHERE id = ?', [`City ${row}`, 1 + (row % rows)]);
      committedAt.push(performance.now());
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const writtenSeconds = (performance.now() - startedAt) / 1000;
  await watching;
  lags.sort((a, b) => a - b);
  const at = (share) => Math.round(lags[Math.min(lags.length - 1, Math.floor(lags.length * share))]);
  return {
    what: `${rate} rows a second`,
    'rows per second': Math.round(count / writtenSeconds),
    'us CPU a row': Math.round(((cpuSeconds(product.pid) - cpuBefore) * 1e6) / count),
    'lag p50, p99, max ms': [0.5, 0.99, 1].map(at).join(', '),
  };
}

function told(product) {
  return product.metric('db_rows_total');
}
