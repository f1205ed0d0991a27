import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnvFile } from '../local/env-file.mjs';
import { envFile } from '../local/stack-directory.mjs';
import { freePorts, nextFreePort } from '../process/free-port.mjs';

const needed = ['KAFKA_BROKERS', 'DATABASE_URL', 'REDIS_URL', 'LEDGER'];

/**
 * Where the services are: the environment when it names brokers, else the local stack; never half of each. And what
 * this cluster is to be: `{ services, directory, httpPort, mllpPort, host, enrolment }`.
 */
export function readClusterSettings(environment = process.env) {
  const services = environment.KAFKA_BROKERS ? environment : fromStack();
  const missing = needed.filter((name) => !services[name]);
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')} not set: npm run stack:up starts what is missing, or set all of them`);
  return {
    services,
    directory: resolve(environment.DATA_DIR || './data-cluster'),
    host: environment.BIND_ADDRESS || '127.0.0.1',
    httpPort: portOf(environment, 'HTTP_PORT', 3000),
    mllpPort: portOf(environment, 'MLLP_PORT', 2575),
    enrolment: environment.ENROLMENT || 'open',
  };
}

function fromStack() {
  try {
    return parseEnvFile(readFileSync(envFile, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('no services: npm run stack:up starts them here, or set KAFKA_BROKERS and the others yourself', {
      cause: error,
    });
  }
}

function portOf(environment, name, otherwise) {
  const text = environment[name] || String(otherwise);
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error(`${name} must be a port number, not ${text}`);
  return port;
}

/** The ports wanted; 0 picks free ones. A second adapter takes the next free port. */
export async function mllpPorts({ mllpPort }) {
  return mllpPort === 0 ? freePorts(2) : [mllpPort, await nextFreePort(mllpPort + 1)];
}

/** An app's identity towards Kafka: the files of its own name, where the settings name a folder of them. */
export function identityFor(app, { KAFKA_TLS_CERT_DIR, KAFKA_TLS_CERT_FILE }) {
  if (!KAFKA_TLS_CERT_DIR || KAFKA_TLS_CERT_FILE) return {};
  return {
    KAFKA_TLS_CERT_FILE: join(KAFKA_TLS_CERT_DIR, `${app}.crt`),
    KAFKA_TLS_KEY_FILE: join(KAFKA_TLS_CERT_DIR, `${app}.key`),
  };
}
