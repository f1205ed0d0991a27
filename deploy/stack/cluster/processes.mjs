import { join } from 'node:path';
import { repository } from '../paths.mjs';
import { freePorts } from '../process/free-port.mjs';
import { identityFor, mllpPorts } from './cluster-settings.mjs';
import { ServiceProcess } from './service-process.mjs';
import { sharedKeys } from './shared-keys.mjs';

/**
 * The log ledger has one owner, and so has an organisation's chain of roots: the ledger writer is one. A database is read
 * by one, where there is any to be read.
 */
const instances = {
  ...{ 'adapter-hl7': 2, registration: 2, 'ledger-writer': 1, query: 2 },
  ...(process.env.DB_SOURCES ? { 'adapter-db': 1 } : {}),
};

/**
 * Room for what is young: records live as long as their batch, and each collection copies those that are still there. Stack
 * traces name lines of the sources.
 */
export const nodeFlags = ['--max-semi-space-size=64', '--enable-source-maps'];

export const mainOf = (app) => join(repository, 'dist/product', `${app}.js`);

/**
 * Every process of the cluster, not started yet, on ports that each keeps over its restarts:
 * `{ apps: [{ name, app, process, baseUrl, mllpPort? }], ingress: { process, baseUrl }, keys }`.
 */
export async function planCluster(settings, { say }) {
  const { directory, host, httpPort } = settings;
  const keys = sharedKeys(directory);
  const ports = await freePorts(Object.values(instances).reduce((sum, count) => sum + count, httpPort === 0 ? 1 : 0));
  const publicPort = httpPort === 0 ? ports.pop() : httpPort;
  const ingressUrl = `http://${host}:${publicPort}`;
  const mllp = await mllpPorts(settings);
  const apps = Object.entries(instances).flatMap(([app, count]) =>
    Array.from({ length: count }, (_, index) => {
      const name = `${app}-${index + 1}`;
      const port = ports.pop();
      const own = {
        DATA_DIR: join(directory, name),
        HTTP_PORT: port,
        REGISTRATION_URL: ingressUrl,
        ...(app === 'adapter-hl7' && { MLLP_PORT: mllp[index], ...tlsPort(index) }),
        ...identityFor(app, settings.services),
      };
      const environment = environmentOf(settings, { ...keys, ...own });
      const process = new ServiceProcess({
        name,
        args: [...nodeFlags, mainOf(app)],
        environment,
        directory: own.DATA_DIR,
        say: (line) => say(name, line),
      });
      const baseUrl = `http://${host}:${port}`;
      return { name, app, process, baseUrl, ...(own.MLLP_PORT && { mllpPort: own.MLLP_PORT }) };
    }),
  );
  return { apps, ingress: planIngress(settings, { apps, publicPort, say }), keys };
}

function planIngress({ directory, host }, { apps, publicPort, say }) {
  const urlsOf = (app) => apps.filter((one) => one.app === app).map(({ baseUrl }) => baseUrl);
  const environment = {
    PATH: process.env.PATH,
    BIND_ADDRESS: host,
    HTTP_PORT: String(publicPort),
    REGISTRATION_INSTANCES: urlsOf('registration').join(','),
    ADAPTER_INSTANCES: urlsOf('adapter-hl7').join(','),
    QUERY_INSTANCES: urlsOf('query').join(','),
  };
  const name = 'ingress';
  const args = [join(repository, 'deploy', 'stack', 'ingress.mjs')];
  const options = { name, args, environment, directory: join(directory, name), say: (line) => say(name, line) };
  return { process: new ServiceProcess(options), baseUrl: `http://${host}:${publicPort}` };
}

/** The port of the first instance is the caller's, the next one's the next; 0 and none are for everybody. */
function tlsPort(index) {
  const first = Number(process.env.MLLP_TLS_PORT ?? 0);
  return first > 0 ? { MLLP_TLS_PORT: first + index } : {};
}

/** What the caller has set goes to every app; what is the instance's own stands above it. */
function environmentOf({ services, host, enrolment }, own) {
  const all = { ...process.env, ...services, PROFILE: 'cluster', BIND_ADDRESS: host, ENROLMENT: enrolment, ...own };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}
