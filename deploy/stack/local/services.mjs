import { join } from 'node:path';
import { findFabric, startFabric } from '../../fabric/network.mjs';
import { readLayout } from '../kafka/configuration.mjs';
import { startKafka } from '../kafka.mjs';
import { startMariadb } from '../mariadb.mjs';
import { repository } from '../paths.mjs';
import { MissingToolchain, runTool } from '../process/toolchain.mjs';
import { step } from '../progress.mjs';
import { startRedis } from '../redis.mjs';
import { fabricFiles } from './fabric-files.mjs';
import { directoryOf } from './stack-directory.mjs';

/** One identity per service; `admin` may do everything and provisions. */
const identities = ['registration', 'adapter-hl7', 'adapter-db', 'ledger-writer', 'query', 'admin'];
const channel = 'c1';
const commands = join(repository, 'dist', 'apps', 'standalone', 'apps', 'command-line', 'src');

/** The hospitals of the sandbox, each under an organisation of the network; the first takes everybody else's. */
const facilities = { HospitalA: ['MPK'], HospitalB: ['HYD', 'LABHYD'] };

/** How each service of the stack is started; gives back its lines of the env file. */
export const starters = {
  async kafka({ brokers, plaintext, log }) {
    const directory = directoryOf('kafka');
    // What a cluster is, it stays; without options the one that is there is meant.
    const known = readLayout(directory);
    const isTls = plaintext === undefined ? (known?.isTls ?? true) : !plaintext;
    const count = brokers ?? known?.brokers ?? 1;
    const kafka = await startKafka({ directory, brokers: count, isTls, outlives: true, log });
    const settings = {
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_REPLICATION_FACTOR: count,
      KAFKA_MIN_ISR: Math.ceil(count / 2),
    };
    if (isTls) {
      for (const name of identities) await kafka.issueCertificate(name);
      Object.assign(settings, { KAFKA_TLS_CA_FILE: kafka.caFile, KAFKA_TLS_CERT_DIR: kafka.tlsDirectory });
    }
    await provision(settings, log);
    return settings;
  },

  async mariadb({ log }) {
    const mariadb = await startMariadb({ directory: directoryOf('mariadb'), outlives: true, log });
    return { DATABASE_URL: await mariadb.url('anamnesis') };
  },

  async redis({ log }) {
    const redis = await startRedis({ directory: directoryOf('redis'), outlives: true, log });
    return { REDIS_URL: redis.url };
  },

  async fabric({ orderers, log }) {
    const found = findFabric();
    if (found.missing !== undefined) throw new MissingToolchain(found.missing);
    const directory = directoryOf('fabric');
    const network = await step(log, 'fabric: ready', () =>
      startFabric({
        directory,
        fabricBin: found.bin,
        facilities,
        ...(orderers && { orderers }),
        log: (line) => log(`fabric: ${line}`),
      }),
    );
    return {
      LEDGER: 'fabric',
      FABRIC_CHANNEL: channel,
      FABRIC_CHAINCODE: network.description.chaincode,
      ...(await fabricFiles(network, channel)),
    };
  },
};

/** Topics, and the rights of each identity, by the command that an operator uses. */
async function provision(settings, log) {
  const script = join(commands, 'provision-kafka.js');
  const directory = settings.KAFKA_TLS_CERT_DIR;
  const admin = directory && {
    KAFKA_TLS_CERT_FILE: join(directory, 'admin.crt'),
    KAFKA_TLS_KEY_FILE: join(directory, 'admin.key'),
  };
  const environment = { PROFILE: 'cluster', ...settings, ...admin };
  await step(log, 'kafka: topics and rights', () =>
    runTool(process.execPath, [script, ...(admin ? ['--acls'] : [])], { environment }),
  );
}
