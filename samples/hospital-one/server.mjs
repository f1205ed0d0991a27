// Hospital one: patient administration with a small web form, Node.js and MySQL or MariaDB. It knows nothing of anybody else.
//   DATABASE_URL=mysql://user:password@127.0.0.1:3306/hospital PORT=8081 node server.mjs
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { URLSearchParams } from 'node:url';
import mysql from 'mysql2/promise';

const columns = {
  patients: ['full_name', 'sex', 'birth_date', 'cnic', 'phone', 'street', 'city'],
  visits: ['patient_id', 'kind', 'ward', 'admitted_at', 'discharged_at'],
  lab_results: ['visit_id', 'test_code', 'test_name', 'value', 'unit', 'taken_at', 'verified'],
};
/** What the form expects; the tables take other things too. */
const hints = {
  sex: 'M or F',
  birth_date: '1997-05-16',
  cnic: '42301-0004485-1',
  kind: 'OPD, IPD or ER',
  admitted_at: '2026-01-05 09:00:00',
  discharged_at: 'empty: still there',
  test_code: '718-7 (LOINC)',
  taken_at: '2026-01-05 09:30:00',
  verified: '0 or 1',
};
const style = 'label { display: inline-block; margin: 0 1em 0.5em 0 } th, td { text-align: left; padding-right: 1em }';
const keys = { patients: 'patient_id', visits: 'visit_id', lab_results: 'result_id' };
const formBytesMax = 64 * 1024;

const pool = mysql.createPool({ uri: process.env.DATABASE_URL, dateStrings: true, multipleStatements: true });
await pool.query(readFileSync(join(import.meta.dirname, 'schema.sql'), 'utf8'));

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(error.status ?? 500, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
  });
});
server.listen(Number(process.env.PORT ?? 8081), '127.0.0.1', () => {
  console.log(`hospital one listens on http://127.0.0.1:${server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    void pool.end();
  });

async function answer(request, response) {
  const [, table = '', key] = new URL(request.url, 'http://hospital').pathname.split('/');
  if (request.method === 'GET' && table === '') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(await page());
    return;
  }
  if (request.method !== 'POST' || !Object.hasOwn(columns, table)) throw failure(404, 'no such page');
  const saved = await save(table, key, await readForm(request));
  response.writeHead(303, { location: '/', 'x-key': String(saved) }).end();
}

async function readForm(request) {
  if (Number(request.headers['content-length'] ?? 0) > formBytesMax) throw failure(413, 'the form is too large');
  return new URLSearchParams(await text(request));
}

/** Inserts a row, or changes the fields of one that the form names. */
async function save(table, key, form) {
  const fields = columns[table].filter((name) => form.has(name));
  if (fields.length === 0) throw failure(400, 'the form is empty');
  const values = fields.map((name) => (form.get(name) === '' ? null : form.get(name)));
  const set = fields.map((name) => `${name} = ?`).join(', ');
  if (key === undefined) {
    const [{ insertId }] = await pool.execute(`INSERT INTO ${table} SET ${set}`, values);
    return insertId;
  }
  const [{ affectedRows }] = await pool.execute(`UPDATE ${table} SET ${set} WHERE ${keys[table]} = ?`, [
    ...values,
    key,
  ]);
  if (affectedRows === 0) throw failure(404, 'no such row');
  return key;
}

async function page() {
  const parts = await Promise.all(
    Object.keys(columns).map(async (table) => {
      const [rows] = await pool.query(`SELECT * FROM ${table} ORDER BY ${keys[table]} DESC LIMIT 50`);
      const head = [keys[table], ...columns[table]];
      const body = rows.map((row) => `<tr>${head.map((name) => `<td>${escaped(row[name])}</td>`).join('')}</tr>`);
      const inputs = columns[table].map(
        (name) => `<label>${name} <input name="${name}" placeholder="${hints[name] ?? ''}"></label>`,
      );
      return `<h2>${table}</h2>
<form method="post" action="/${table}">${inputs.join(' ')} <button>Save</button></form>
<table><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr>${body.join('')}</table>`;
    }),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Hospital one</title><link rel="icon" href="data:,">
<style>${style}</style><h1>Mirpurkhas hospital</h1>${parts.join('')}`;
}

function escaped(value) {
  return String(value ?? '').replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
}

function failure(status, message) {
  return Object.assign(new Error(message), { status });
}
