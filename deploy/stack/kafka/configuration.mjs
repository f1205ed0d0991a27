import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, isFree } from '../process/free-port.mjs';

const templates = import.meta.dirname;
const host = '127.0.0.1';

/** 24 MiB of the bus's record limit, 16 KiB more for a dead letter, and what Kafka's batch adds around them. */
const messageBytesMax = 25 * 1024 * 1024;

/** What a cluster's directory remembers: `{ clusterId, brokers, isTls, hasPasswords, ports: [{client,controller,password}] }`. */
export function readLayout(directory) {
  try {
    return JSON.parse(readFileSync(join(directory, 'cluster.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined; // a new cluster
    throw error;
  }
}

/** The layout of an earlier start, with other ports where somebody has taken them since; or a new one. */
export async function prepareLayout(directory, { brokers, isTls, hasPasswords }) {
  const known = readLayout(directory);
  if (known && (known.brokers !== brokers || known.isTls !== isTls || known.hasPasswords !== hasPasswords))
    throw new Error(`${directory} holds a Kafka cluster of another shape; take another directory, or delete this one`);
  const ports = known && (await areFree(known.ports)) ? known.ports : await newPorts(brokers);
  const clusterId = known?.clusterId ?? `A${randomBytes(16).toString('base64url').slice(1)}`;
  const layout = { clusterId, brokers, isTls, hasPasswords, ports };
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, 'cluster.json'), `${JSON.stringify(layout, null, 2)}\n`);
  return layout;
}

async function areFree(ports) {
  const all = await Promise.all(ports.flatMap((of) => Object.values(of)).map(isFree));
  return all.every(Boolean);
}

async function newPorts(brokers) {
  const ports = await freePorts(3 * brokers);
  return Array.from({ length: brokers }, () => ({
    client: ports.pop(),
    controller: ports.pop(),
    password: ports.pop(),
  }));
}

export const clientAddresses = ({ ports }) => ports.map(({ client }) => `${host}:${client}`);

export const passwordAddresses = ({ ports }) => ports.map(({ password }) => `${host}:${password}`);

/** Writes `server.properties` of each node; gives back their paths. */
export function writeConfigurations(directory, layout) {
  return layout.ports.map((_, index) => {
    const node = index + 1;
    const file = join(directory, `node${node}`, 'server.properties');
    mkdirSync(join(directory, `node${node}`), { recursive: true });
    writeFileSync(file, configuration(directory, layout, node));
    return file;
  });
}

function configuration(directory, layout, node) {
  const own = layout.ports[node - 1];
  const protocol = layout.isTls ? 'SSL' : 'PLAINTEXT';
  const client = [`CLIENT://${host}:${own.client}`];
  const protocols = [`CLIENT:${protocol}`, `CONTROLLER:${protocol}`];
  const parts = ['server.properties.in'];
  if (layout.isTls) parts.push('tls.properties.in');
  if (layout.hasPasswords) {
    parts.push('scram.properties.in');
    client.push(`PASSWORD://${host}:${own.password}`);
    protocols.push('PASSWORD:SASL_SSL');
  }
  const values = {
    NODE: node,
    VOTERS: layout.ports.map(({ controller }, index) => `${index + 1}@${host}:${controller}`).join(','),
    DATA: join(directory, `node${node}`, 'data'),
    TLS: join(directory, 'tls'),
    LISTENERS: [...client, `CONTROLLER://${host}:${own.controller}`].join(','),
    ADVERTISED: client.join(','),
    PROTOCOLS: protocols.join(','),
    REPLICAS: layout.brokers,
    MIN_ISR: Math.ceil(layout.brokers / 2),
    MESSAGE_BYTES: messageBytesMax,
  };
  return parts
    .map((name) => readFileSync(join(templates, name), 'utf8'))
    .join('')
    .replace(/@([A-Z_]+)@/g, (placeholder, name) => String(values[name] ?? placeholder));
}
