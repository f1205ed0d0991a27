import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchFabricTrust } from '@anamnesis/ledger';
import { type FabricNetwork, findFabric, startFabric } from '../../deploy/fabric/network.mjs';
import { type Kafka, startKafka } from '../../deploy/stack/kafka.mjs';
import { type Mariadb, startMariadb } from '../../deploy/stack/mariadb.mjs';
import { provided } from '../../deploy/stack/provided.js';
import { type Redis, startRedis } from '../../deploy/stack/redis.mjs';

/** What a cluster needs to know of services. */
export type ServiceSettings = Readonly<Record<string, string>>;

/** Services of one's own, to be killed at will. */
export interface PrivateServices {
  readonly kafka: Kafka;
  readonly mariadb: Mariadb;
  readonly redis: Redis;
  /** Only where Fabric's commands are. */
  readonly fabric: FabricNetwork | undefined;
  readonly settings: ServiceSettings;
  close(): Promise<void>;
}

export interface PrivateOptions {
  readonly brokers: 1 | 3;
  /** Whose batches go out under which organisation of the Fabric network. */
  readonly facilities?: Readonly<Record<string, readonly string[]>>;
}

/** Undefined where they cannot be provided, said in capitals. Without Fabric's commands the ledger is a log, and that too. */
export async function privateServices(
  directory: string,
  { brokers, facilities = {} }: PrivateOptions,
): Promise<PrivateServices | undefined> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    await Promise.all(closing.splice(0).map((one) => one()));
  };
  try {
    const kafka = await provided(() => startKafka({ directory: join(directory, 'kafka'), brokers }));
    if (kafka !== undefined) closing.push(() => kafka.killAll());
    const mariadb = await provided(() => startMariadb({ directory: join(directory, 'mariadb') }));
    if (mariadb !== undefined) closing.push(() => mariadb.kill());
    const redis = await provided(() => startRedis({ directory: join(directory, 'redis') }));
    if (redis !== undefined) closing.push(() => redis.kill());
    if (kafka === undefined || mariadb === undefined || redis === undefined) {
      await close();
      return undefined;
    }
    const fabric = await ownFabric(join(directory, 'fabric'), facilities);
    if (fabric !== undefined) closing.push(() => fabric.stop());
    const settings = {
      ...kafkaSettings(kafka.brokers, brokers),
      DATABASE_URL: await mariadb.url('anamnesis'),
      REDIS_URL: redis.url,
      ...(fabric === undefined ? { LEDGER: 'log' } : await fabricSettings(fabric)),
    };
    return { kafka, mariadb, redis, fabric, settings, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export function kafkaSettings(brokers: readonly string[], count: 1 | 3): ServiceSettings {
  return {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_REPLICATION_FACTOR: String(count),
    KAFKA_MIN_ISR: String(Math.max(1, count - 1)),
  };
}

async function ownFabric(
  directory: string,
  facilities: Readonly<Record<string, readonly string[]>>,
): Promise<FabricNetwork | undefined> {
  const found = findFabric();
  if ('bin' in found) return startFabric({ directory, facilities, fabricBin: found.bin });
  process.stderr.write(`SKIPPED: anchoring on Hyperledger Fabric, the ledger is a log here: ${found.missing}\n`);
  return undefined;
}

const channel = 'c1';

interface OrganisationsFile {
  readonly organisations: readonly {
    readonly name: string;
    readonly peer: string;
    readonly peerTlsCaFile: string;
    readonly mspId: string;
    readonly certificateFile: string;
    readonly keyFile: string;
  }[];
}

async function fabricSettings({ directory, description, organisationsFile }: FabricNetwork): Promise<ServiceSettings> {
  const members = description.channels[channel] ?? [];
  const all = JSON.parse(readFileSync(organisationsFile, 'utf8')) as OrganisationsFile;
  const organisations = all.organisations.filter(({ name }) => members.includes(name));
  const files = { organisations: join(directory, 'members.json'), trust: join(directory, 'trust.json') };
  const [first] = organisations;
  if (first === undefined) throw new Error(`nobody is a member of ${channel}`);
  const trust = await fetchFabricTrust({
    channel,
    chaincode: description.chaincode,
    peer: first.peer,
    peerTlsCa: readFileSync(first.peerTlsCaFile, 'utf8'),
    mspId: first.mspId,
    certificate: readFileSync(first.certificateFile, 'utf8'),
    privateKey: readFileSync(first.keyFile, 'utf8'),
  });
  await writeFile(files.organisations, JSON.stringify({ organisations }), { mode: 0o600 });
  await writeFile(files.trust, JSON.stringify(trust));
  return {
    LEDGER: 'fabric',
    FABRIC_CHANNEL: channel,
    FABRIC_CHAINCODE: description.chaincode,
    FABRIC_ORGANISATIONS_FILE: files.organisations,
    FABRIC_TRUST_FILE: files.trust,
  };
}
