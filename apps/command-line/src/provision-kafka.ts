import { parseArgs } from 'node:util';
import { provisionKafka, type ProvisionOptions } from '@anamnesis/bus';
import { brokersOf, clusterFaults, kafkaIdentity, readSettings, Settings } from '@anamnesis/runtime';

const usage = `usage: npm run kafka:provision -- [--acls]

Creates the topics of the product on KAFKA_BROKERS and puts their settings right. May be run again at any time.
  --acls  also give each service its rights, by the name of its certificate or SCRAM user
settings: KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, KAFKA_TLS_*_FILE, KAFKA_SASL_*, KAFKA_REPLICATION_FACTOR, KAFKA_MIN_ISR,
KAFKA_RETENTION_DAYS; the identity must be one that may create topics
exit status: 0 done, 1 not done, 2 wrong settings or arguments`;

const dayMs = 24 * 60 * 60 * 1000;

process.exitCode = await run();

async function run(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  const { settings, isWithAcls } = options;
  try {
    const { created, altered, unchanged, acls } = await provisionKafka({
      ...connectionOf(settings),
      ...(isWithAcls ? { acls: {} } : {}),
    });
    for (const name of created) console.log(`created    ${name}`);
    for (const change of altered) console.log(`altered    ${change}`);
    for (const name of unchanged) console.log(`unchanged  ${name}`);
    console.log(isWithAcls ? `rights     ${acls} in force` : 'rights     not touched (--acls)');
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : 'unknown');
    return 1;
  }
}

function connectionOf(settings: Settings): ProvisionOptions {
  const { KAFKA_BROKERS = '', KAFKA_TOPIC_PREFIX } = settings;
  return {
    clientId: 'provision',
    brokers: brokersOf(KAFKA_BROKERS),
    ...(KAFKA_TOPIC_PREFIX === undefined ? {} : { topicPrefix: KAFKA_TOPIC_PREFIX }),
    ...kafkaIdentity(settings),
    topics: {
      replicationFactor: settings.KAFKA_REPLICATION_FACTOR,
      minInsyncReplicas: settings.KAFKA_MIN_ISR,
      retentionMs: settings.KAFKA_RETENTION_DAYS * dayMs,
    },
  };
}

function readOptions(): { readonly settings: Settings; readonly isWithAcls: boolean } | undefined {
  try {
    const { values } = parseArgs({ options: { acls: { type: 'boolean', default: false }, help: { type: 'boolean' } } });
    if (values.help === true) throw new TypeError(usage);
    const settings = readSettings(Settings, process.env);
    const faults = clusterFaults(settings, ['bus']);
    if (faults.length > 0) throw new TypeError(`wrong settings: ${faults.join('; ')}`);
    return { settings, isWithAcls: values.acls };
  } catch (error) {
    console.error(error instanceof Error ? error.message : 'unknown');
    return undefined;
  }
}
