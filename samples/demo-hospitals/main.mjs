// Two hospitals without HL7, and one history: the story of the founding paper.  npm run demo:hospitals [-- --once]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { URLSearchParams } from 'node:url';
import { Fhir } from './fhir.mjs';
import { Demo } from './processes.mjs';
import { until } from './until.mjs';
import { table, valuesOf } from './values.mjs';

const verifier = resolve(import.meta.dirname, '../../dist/product/verify.js');
const nationalNumber = '42301-0004485-1';
const nadra = 'urn:anamnesis:authority:NADRA';
/** Exit status: there is no Java, Maven or MariaDB to run the hospitals with. */
const toolchainMissing = 3;
const isOnce = process.argv.includes('--once');

const directory = mkdtempSync(join(tmpdir(), 'anamnesis-hospitals-'));
const demo = new Demo(directory);
let ends = () => undefined;
const ended = new Promise((end) => (ends = end));
// Each time: npm passes on the Ctrl-C that the terminal has sent to us already.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => ends());

try {
  const hospitals = await startHospitals();
  await Promise.race([play(hospitals), ended]);
} catch (error) {
  console.error(error.message);
  process.exitCode = error.name === 'MissingToolchain' ? toolchainMissing : 1;
}
await demo.stop();
rmSync(directory, { recursive: true, force: true });
process.exit();

/** Both of them, or neither is being started any more: what is half started cannot be stopped. */
async function startHospitals() {
  const log = (line) => console.log(`   ${line}`);
  console.log('Starting hospital one (Node.js, MariaDB), hospital two (Java, Access) and the product');
  const starts = await Promise.allSettled([demo.startHospitalOne(log), demo.startHospitalTwo(log)]);
  const failed = starts.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return starts.map(({ value }) => value);
}

async function play([one, two]) {
  console.log(`   hospital one: ${one.address}   hospital two: ${two.address}`);
  const product = await demo.startProduct(one, two);
  const fhir = new Fhir(product);
  await fhir.post('/registration/authorities', { system: nadra, scope: 'national' });

  console.log('\n1. Mirpurkhas, hospital one: Aqib Shaikh is entered in the web form, and gets number 4485');
  await enterInHospitalOne(one.address);
  const first = await until('the patient of hospital one', () => patientOf(fhir));
  await until('his result', async () => (await fhir.resources(`/fhir/Observation?patient=${first.id}`)).length > 0);
  console.log(
    table(
      ['value', ''],
      valuesOf(first).map(({ name, value }) => [name, value]),
    ),
  );

  console.log(
    '\n2. Hyderabad, hospital two: he comes with the same national number, under a number of theirs, and has moved',
  );
  await enterInHospitalTwo(two.address);
  const merged = await until('the new address', async () => {
    // Two until they are linked: one with both numbers is the person.
    const patient = await patientOf(fhir);
    const isOne = ['4485', 'H-731'].every((own) => patient?.identifier?.some(({ value }) => value === own));
    return isOne && patient.address?.some(({ city }) => city === 'Hyderabad') ? patient : undefined;
  });

  const events = await provenEvents(fhir, merged.id);
  const proofOf = prover(fhir, product);
  console.log('\n3. The merged record now: each value with the hospital that said it, when, and whether it is proven');
  await showCurrent(fhir, { merged, events, proofOf });
  console.log('\n4. The history, newest first: what each version of the record said that the one before it did not');
  await showHistory(fhir, merged.id, { events, proofOf });
  if (!isOnce) await stay(product, merged.id);
}

async function enterInHospitalOne(address) {
  const patient = { full_name: 'Aqib Shaikh', sex: 'M', birth_date: '1997-05-16', cnic: nationalNumber };
  const key = await submit(`${address}/patients`, {
    ...patient,
    street: 'House 12, Satellite Town',
    city: 'Mirpurkhas',
  });
  if (key !== '4485') throw new Error(`hospital one gave him number ${key}`);
  const visit = await submit(`${address}/visits`, {
    patient_id: key,
    kind: 'OPD',
    ward: 'General',
    admitted_at: '2026-01-05 09:00:00',
  });
  const result = {
    test_code: '718-7',
    test_name: 'Hemoglobin',
    value: '13.20',
    unit: 'g/dL',
    taken_at: '2026-01-05 09:30:00',
  };
  await submit(`${address}/lab_results`, { visit_id: visit, ...result, verified: '1' });
}

async function enterInHospitalTwo(address) {
  const patient = {
    'Mareez No': 'H-731',
    Name: 'Aqib Shaikh',
    Naam: 'عاقب شیخ',
    Jins: '1',
    'Tareekh Paidaish': '16/05/1997',
  };
  const where = {
    'Shanakhti No': nationalNumber,
    Phone: '0300 0000731',
    Pata: 'Flat 3, Latifabad Unit 7',
    Shehar: 'Hyderabad',
  };
  await submit(`${address}/Mareez`, { ...patient, ...where });
  await submit(`${address}/Daakhla`, {
    'Parchi No': 'P-88',
    'Mareez No': 'H-731',
    Qism: '1',
    Aamad: '11/02/2026 10:15',
  });
}

/** As a browser does; the number that was given. */
async function submit(url, fields) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { connection: 'close' },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  if (response.status !== 303) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.headers.get('x-key');
}

async function patientOf(fhir) {
  return (await fhir.resources(`/fhir/Patient?identifier=${nationalNumber}`))[0];
}

/** By event id: facility, time, state. Waits until all that is shown is anchored. */
async function provenEvents(fhir, id) {
  return until('the proofs', async () => {
    const rows = new Map((await fhir.get('/messages?_count=500')).map((row) => [row.eventId, row]));
    const versions = await fhir.resources(`/fhir/Patient/${id}/_history`);
    const said = versions.map((one) => rows.get(eventOf(one))).filter((row) => row !== undefined);
    return said.length > 1 && said.every(({ state }) => state === 'anchored') ? rows : undefined;
  });
}

async function showCurrent(fhir, { merged, events, proofOf }) {
  const sources = await fhir.resources(`/fhir/Patient?identifier=${nationalNumber}&_tag=source`);
  const said = sources.map((one) => ({ row: events.get(eventOf(one)), values: valuesOf(one) }));
  said.sort((a, b) => ((a.row?.receivedAt ?? '') < (b.row?.receivedAt ?? '') ? -1 : 1));
  const rows = [];
  for (const { name, value } of valuesOf(merged)) {
    const { row } = said.find(({ values }) => values.some((one) => one.name === name && one.value === value)) ?? {};
    rows.push([name, value, row?.facility ?? '', row?.receivedAt ?? '', await proofOf(row?.eventId)]);
  }
  console.log(table(['value', '', 'said by', 'received', 'proof'], rows));
}

/** What anybody finds who checks the evidence of an event without us (`npm run verify`); each is asked for once. */
function prover(fhir, { data }) {
  const verdicts = new Map();
  return async (eventId) => {
    if (eventId === undefined) return '';
    if (!verdicts.has(eventId)) verdicts.set(eventId, await verdictOf(fhir, eventId, data));
    return verdicts.get(eventId);
  };
}

async function verdictOf(fhir, eventId, data) {
  const file = join(directory, `${eventId}.json`);
  writeFileSync(file, JSON.stringify(await fhir.get(`/evidence/${eventId}`)));
  const { status } = spawnSync(process.execPath, [verifier, file, '--trust', join(data, 'trust.json')]);
  return { 0: 'proven', 1: 'ALTERED', 3: 'not anchored yet' }[status] ?? 'unreadable';
}

async function showHistory(fhir, id, { events, proofOf }) {
  const versions = await fhir.resources(`/fhir/Patient/${id}/_history`);
  const rows = [];
  for (const [at, one] of versions.entries()) {
    const row = events.get(eventOf(one));
    const before = versions[at + 1] === undefined ? [] : valuesOf(versions[at + 1]);
    const by = [row?.facility ?? 'two records are one person', row?.receivedAt ?? one.meta.lastUpdated];
    for (const { name, value } of valuesOf(one))
      if (!before.some((other) => other.name === name && other.value === value))
        rows.push([`v${one.meta.versionId}`, name, value, ...by, await proofOf(row?.eventId)]);
  }
  console.log(table(['version', 'value', '', 'by', 'at', 'proof'], rows));
}

function eventOf({ meta }) {
  return meta.source?.replace('urn:anamnesis:event:', '');
}

async function stay({ http, tokens }, id) {
  console.log(`
Look yourself, and enter more in either form; Ctrl-C ends everything:
  curl -s -H 'Authorization: Bearer ${tokens.clinician}' '${http.baseUrl}/fhir/Patient/${id}'
  curl -s -H 'Authorization: Bearer ${tokens.clinician}' '${http.baseUrl}/fhir/Patient/${id}/_history'
  curl -s -H 'Authorization: Bearer ${tokens.clinician}' '${http.baseUrl}/fhir/Patient/${id}/_history/1'
  curl -s -H 'Authorization: Bearer ${tokens.clinician}' '${http.baseUrl}/fhir/Patient/${id}/$everything'`);
  await ended;
}
