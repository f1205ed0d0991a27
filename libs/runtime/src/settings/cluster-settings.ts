import { isLoopback, type Settings } from './settings.js';

/** What has to be set in a cluster for each port that an app uses. */
export type ClusterPort = 'bus' | 'store' | 'ledger' | 'jobs';

/**
 * What is wrong with the settings of a cluster, for an app that uses these ports: each names the setting. Nothing has a
 * default that would only work on one machine, and nothing falls back to an embedded backend.
 */
export function clusterFaults(settings: Settings, ports: readonly ClusterPort[]): readonly string[] {
  const faults: string[] = [];
  if (ports.includes('bus')) faults.push(...kafkaFaults(settings));
  if (ports.includes('store')) faults.push(...databaseFaults(settings));
  if (ports.includes('jobs')) faults.push(...redisFaults(settings));
  if (ports.includes('ledger')) faults.push(...ledgerFaults(settings));
  return faults;
}

function kafkaFaults(settings: Settings): readonly string[] {
  const { KAFKA_BROKERS, KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE, KAFKA_TLS_KEY_FILE } = settings;
  const { KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD_FILE, KAFKA_MIN_ISR, KAFKA_REPLICATION_FACTOR } = settings;
  if (KAFKA_BROKERS === undefined) return ['KAFKA_BROKERS must be set for PROFILE=cluster'];
  const faults: string[] = [];
  const isNear = brokersOf(KAFKA_BROKERS).every((broker) => isNearHost(broker.slice(0, broker.lastIndexOf(':'))));
  if (KAFKA_TLS_CA_FILE === undefined && !isNear && !isPlaintextAllowed(settings, 'kafka'))
    faults.push('KAFKA_TLS_CA_FILE must be set: patient data would travel unencrypted to KAFKA_BROKERS');
  if ((KAFKA_TLS_CERT_FILE === undefined) !== (KAFKA_TLS_KEY_FILE === undefined))
    faults.push('KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE go together');
  if (KAFKA_TLS_CERT_FILE !== undefined && KAFKA_TLS_CA_FILE === undefined)
    faults.push('KAFKA_TLS_CERT_FILE needs KAFKA_TLS_CA_FILE');
  if ((KAFKA_SASL_USERNAME === undefined) !== (KAFKA_SASL_PASSWORD_FILE === undefined))
    faults.push('KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD_FILE go together');
  if (KAFKA_MIN_ISR > KAFKA_REPLICATION_FACTOR)
    faults.push('KAFKA_MIN_ISR is more than KAFKA_REPLICATION_FACTOR: nothing could be published');
  return faults;
}

function databaseFaults(settings: Settings): readonly string[] {
  const { DATABASE_URL, DATABASE_TLS_CA_FILE } = settings;
  if (DATABASE_URL === undefined) return ['DATABASE_URL must be set for PROFILE=cluster'];
  const isSafe = DATABASE_TLS_CA_FILE !== undefined || isNearUrl(DATABASE_URL);
  return isSafe || isPlaintextAllowed(settings, 'database')
    ? []
    : ['DATABASE_TLS_CA_FILE must be set: patient data would travel unencrypted to DATABASE_URL'];
}

function redisFaults(settings: Settings): readonly string[] {
  const { REDIS_URL } = settings;
  if (REDIS_URL === undefined) return ['REDIS_URL must be set for PROFILE=cluster'];
  const isSafe = REDIS_URL.startsWith('rediss:') || isNearUrl(REDIS_URL);
  return isSafe || isPlaintextAllowed(settings, 'redis') ? [] : ['REDIS_URL must be rediss:// beyond this machine'];
}

function ledgerFaults({ LEDGER, FABRIC_CHANNEL, FABRIC_ORGANISATIONS_FILE }: Settings): readonly string[] {
  if (LEDGER === undefined) return ['LEDGER must be set for PROFILE=cluster: log or fabric'];
  if (LEDGER === 'log') return [];
  const needed = { FABRIC_CHANNEL, FABRIC_ORGANISATIONS_FILE };
  return Object.entries(needed).flatMap(([name, value]) =>
    value === undefined ? [`${name} must be set for LEDGER=fabric`] : [],
  );
}

/** Of `KAFKA_BROKERS`. */
export function brokersOf(text: string): readonly string[] {
  return text.split(',');
}

function isNearUrl(url: string): boolean {
  return isNearHost(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

function isNearHost(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}

function isPlaintextAllowed({ PLAINTEXT_ALLOWED }: Settings, dependency: 'kafka' | 'database' | 'redis'): boolean {
  return PLAINTEXT_ALLOWED?.split(',').includes(dependency) ?? false;
}
