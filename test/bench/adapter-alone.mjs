// The database adapter by itself, as `binlog.mjs` starts it: its own code on the embedded bus, its source enrolled by the
// code of registration, and nobody who reads what it publishes. Answers each message of its parent with its metrics.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';

const build = resolve(process.env.BENCH_DIST ?? 'dist', 'apps/standalone');
const from = (file) => import(join(build, file));
const { openEmbeddedBus } = await from('libs/bus/src/embedded/embedded-bus.js');
const { Store } = await from('libs/store/src/index.js');
const { Metrics, SourceRegistry } = await from('libs/runtime/src/index.js');
const { Registration } = await from('apps/registration/src/registration.js');
const { RegistrationSettings } = await from('apps/registration/src/config.js');
const { addSource } = await from('apps/registration/src/facilities/sources.js');
const { enrol, makeToken } = await from('apps/registration/src/certificates/enrol.js');
const { AdapterDbSettings } = await from('apps/adapter-db/src/config.js');
const { openAdapter } = await from('apps/adapter-db/src/open-adapter.js');

const directory = process.env.DATA_DIR;
const keys = { deploymentKey: randomBytes(32), kek: randomBytes(32) };
const store = await Store.open({ directory });
const silentBus = { publish: () => Promise.resolve() };
const registration = await Registration.open({ store, bus: silentBus, keys, settings: new RegistrationSettings() });
const metrics = new Metrics();
const settings = Object.assign(new AdapterDbSettings(), { DATA_DIR: directory, DB_SOURCES: process.env.DB_SOURCES });
const adapter = openAdapter({
  settings,
  bus: await openEmbeddedBus({ directory: join(directory, 'bus'), report: console.error }),
  keys,
  metrics,
  registry: new SourceRegistry(),
  registration: {
    contact: async ({ facility, application }) => ({
      source: { ...(await addSource(registration, { facility, application })), state: 'active', phase: undefined },
    }),
    enrolmentToken: (id) => makeToken(registration, id),
    enrol: (request) => enrol(registration, request),
    observe: () => Promise.resolve(),
  },
});
process.on('message', () => {
  void metrics.text().then((text) => process.send(text));
});
process.on('disconnect', () => process.exit(0));
await adapter.start();
process.send('started');
