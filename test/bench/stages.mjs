// `npm run bench -- stages [--stores mariadb,sqlite] [--batches 100,375] [--events 750] [--mix small]
// [--out bench-stages.json]`: what each step costs in this process and in MariaDB, by the size of its batches: certify,
// project, collect, and what the anchoring of a batch costs in the ledger writer (seal), in query (prove) and in
// registration (note). On SQLite the database is in this process. No bus, no ledger and no network but the database: CPU
// seconds, which hold on a machine that has other work too.
import 'reflect-metadata';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startMariadb } from '../../deploy/stack/mariadb.mjs';
import { mixes } from './messages.mjs';
import { cpuSeconds, load } from './usage.mjs';

const { values } = parseArgs({
  options: {
    stores: { type: 'string', default: 'mariadb' },
    batches: { type: 'string', default: '100,375' },
    events: { type: 'string', default: '750' },
    mix: { type: 'string', default: 'small' },
    out: { type: 'string', default: 'bench-stages.json' },
  },
});
const build = resolve(process.env.BENCH_DIST ?? 'dist', 'apps/standalone');
const from = (file) => import(join(build, file));
const { Store } = await from('libs/store/src/index.js');
const { openDictionary, parseMessage, Rules } = await from('libs/hl7v2/src/index.js');
const { composeEvents, digestOf } = await from('apps/adapter-hl7/src/intake/compose-events.js');
const { MessageSigning } = await from('apps/adapter-hl7/src/intake/message-signing.js');
const { certificateRequest } = await from('libs/runtime/src/sources/certificate-request.js');
const { Registration } = await from('apps/registration/src/registration.js');
const { RegistrationSettings } = await from('apps/registration/src/config.js');
const { addSource } = await from('apps/registration/src/facilities/sources.js');
const { enrol, makeToken } = await from('apps/registration/src/certificates/enrol.js');
const { certify } = await from('apps/registration/src/certify/certify.js');
const { Projector } = await from('apps/query/src/project/projector.js');
const { Archive } = await from('apps/query/src/archive/archive.js');
const { ContentKeys } = await from('apps/query/src/archive/content-keys.js');
const { judgeAnchored, judgeCertified } = await from('apps/query/src/project/judge-facts.js');
const { collect } = await from('apps/ledger-writer/src/collect.js');
const { anchor } = await from('apps/ledger-writer/src/anchor.js');
const { announce } = await from('apps/ledger-writer/src/announce.js');
const { holdLease } = await from('apps/ledger-writer/src/lease.js');
const { seal } = await from('apps/ledger-writer/src/seal.js');
const { noteAnchored } = await from('apps/registration/src/certify/note-anchored.js');

/** Messages that an adapter under load reads in one turn of its event loop. */
const readTogether = 8;

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const directory = mkdtempSync(join(tmpdir(), 'anamnesis-bench-'));
const stores = values.stores.split(',');
const mariadb = stores.includes('mariadb') ? await startMariadb({ directory }) : undefined;
const rules = new Rules(await openDictionary());
console.log(`load average ${load()}, ${values.mix}; a third more events first, which are not counted`);
const table = [];
const batches = values.batches.split(',').map(Number);
for (const name of stores) for (const batch of batches) await measureAll(name, batch);
console.table(table);
writeFileSync(values.out, `${JSON.stringify({ curves: [curve()] }, null, 2)}\n`);
await mariadb?.stop();
rmSync(directory, { recursive: true, force: true });
process.exit(0);

/** For `report`. */
function curve() {
  const milliseconds = (row) => [
    [`${row.step}, app (${row.store})`, row['us CPU an event, here'] / 1000],
    ...(row.store === 'mariadb' ? [[`${row.step}, MariaDB`, row['in MariaDB'] / 1000]] : []),
  ];
  const rows = batches.map((x) => ({
    x,
    cpu: Object.fromEntries(table.filter(({ batch }) => batch === x).flatMap(milliseconds)),
  }));
  return { name: 'batch', title: 'Larger batches', xTitle: 'records in a batch', rows };
}

async function measureAll(name, batch) {
  const databaseUrl = name === 'mariadb' ? await mariadb.url(`stages_${batch}`) : undefined;
  const store = await Store.open({ databaseUrl, directory: join(directory, `${name}-${batch}`) });
  const keys = { deploymentKey: randomBytes(32), kek: randomBytes(32) };
  const published = { 'clinical.certified': [], 'clinical.anchored': [] };
  const bus = {
    publish: (topic, records) => {
      published[topic]?.push(...records);
      return Promise.resolve();
    },
  };
  const registration = await Registration.open({ store, bus, keys, settings: new RegistrationSettings() });
  const received = await receivedBy(registration, keys);
  const measured = { name, batch, store };
  await measure('certify', measured, received, async (records) => {
    const refusals = await certify(registration, records);
    if (refusals.length > 0) throw new Error(`refused: ${refusals[0].code}`);
  });
  const facts = delivered('clinical.certified', published['clinical.certified']);
  const contentKeys = new ContentKeys(keys);
  const projector = new Projector(store, new Archive(contentKeys), contentKeys, keys);
  await measure('project', measured, facts, (records) => projector.take(judgeCertified(records).done));
  await measure('collect', measured, facts, (records) =>
    collect(
      store,
      records.map(({ header }) => header),
      () => '',
    ),
  );
  await measure('seal', measured, facts, (records) => sealAndAnnounce(store, bus, records.length));
  const anchored = delivered('clinical.anchored', published['clinical.anchored']);
  const perBatch = (handle) => () => handle([anchored[handled++]]);
  let handled = 0;
  await measure(
    'prove',
    measured,
    facts,
    perBatch((records) => projector.take(judgeAnchored(records).done)),
  );
  handled = 0;
  await measure(
    'note',
    measured,
    facts,
    perBatch((records) => noteAnchored(registration, records)),
  );
  await store.close();
}

/** As the sealer does it, on a ledger that costs nothing. */
async function sealAndAnnounce(store, bus, leavesMax) {
  const ledger = { anchor: (entry) => Promise.resolve({ ...entry }), prove: () => Promise.resolve({}) };
  const fence = await holdLease(store, 'sealer', 'bench');
  await seal(store, { organisation: '', lease: 'sealer', fence, leavesMax });
  await anchor(store, { ledger, organisation: '' });
  await announce(store, { bus, organisation: '' });
}

async function measure(step, { name, batch, store }, records, handle) {
  const warmUp = Math.floor(records.length / 4);
  for (let at = 0; at < warmUp; at += batch) await handle(records.slice(at, Math.min(warmUp, at + batch)));
  const statements = countStatements(store);
  const [here, there] = [process.cpuUsage(), cpuSecondsThere()];
  for (let at = warmUp; at < records.length; at += batch) await handle(records.slice(at, at + batch));
  const { user, system } = process.cpuUsage(here);
  const events = records.length - warmUp;
  table.push({
    store: name,
    step,
    batch,
    'us CPU an event, here': Math.round((user + system) / events),
    'in MariaDB': Math.round(((cpuSecondsThere() - there) * 1e6) / events),
    'statements per 1,000': Math.round((statements.count * 1000) / events),
    load: load(),
  });
}

function cpuSecondsThere() {
  return mariadb === undefined ? 0 : cpuSeconds(mariadb.pid());
}

function countStatements({ writer }) {
  const counter = { count: 0 };
  const create = writer.driver.createQueryRunner.bind(writer.driver);
  writer.driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner);
    return Object.assign(runner, { query: (...statement) => (counter.count++, query(...statement)) });
  };
  return counter;
}

/** Events as the adapter makes them, of a source that is enrolled. */
async function receivedBy(registration, { deploymentKey }) {
  const source = await addSource(registration, { facility: 'MPK', application: 'ADT' });
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { token } = await makeToken(registration, source.id);
  const csr = await certificateRequest(key, source.id);
  const { serial: certificateSerial } = await enrol(registration, { token, csr });
  const options = {
    deploymentKey,
    registry: { authority: () => undefined },
    onMappingDefect: (defect) => {
      throw defect;
    },
    onUndecodable: () => undefined,
    rules,
  };
  const signing = new MessageSigning();
  const identity = { key, certificateSerial };
  const records = [];
  for (let n = 0; n < (Number(values.events) * 4) / 3; n++) {
    const bytes = Buffer.from(mixes[values.mix](`S-${n}`, n, 2000), 'utf8');
    const message = parseMessage(bytes);
    const read = { message, corrected: { message, corrections: [] }, detached: [] };
    const arrival = { ...read, peer: { address: '127.0.0.1' }, source, rawDigest: digestOf(bytes) };
    const events = composeEvents({ ...arrival, receivedAt: new Date().toISOString() }, options);
    records.push(signing.sign({ events, body: bytes, identity }));
    if (n % readTogether === 0) await nextTurn(); // the pool's connections would time out unseen
  }
  return delivered('clinical.received', (await Promise.all(records)).flat());
}

/** As the bus hands them over: headers that went through JSON. */
function delivered(topic, records) {
  return records.map(({ key, header, body }, offset) => ({
    key,
    body,
    header: JSON.parse(JSON.stringify(header)),
    topic,
    partition: 0,
    offset,
    appendedAt: new Date(),
  }));
}
