import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import type { EventBusOptions, ReportDefect } from '@anamnesis/bus';
import type { JobsOptions, ReportJob } from '@anamnesis/jobs';
import { brokersOf } from '../settings/cluster-settings.js';
import type { Settings } from '../settings/settings.js';

const dayMs = 24 * 60 * 60 * 1000;

const reportDefect: ReportDefect = ({ error, ...fields }) => {
  new Logger('bus').error(error, fields);
};

const reportJob: ReportJob = ({ error, ...fields }) => {
  new Logger('jobs').error(error, fields);
};

/** The bus that the profile means, for the app of that name. `clusterFaults` has been asked before. */
export function busOptions(settings: Settings, name: string): EventBusOptions {
  if (settings.PROFILE === 'embedded')
    return { backend: 'embedded', directory: settings.DATA_DIR, report: reportDefect };
  return {
    backend: 'kafka',
    clientId: name,
    brokers: brokersOf(settings.KAFKA_BROKERS ?? ''),
    ...(settings.KAFKA_TOPIC_PREFIX !== undefined && { topicPrefix: settings.KAFKA_TOPIC_PREFIX }),
    ...kafkaIdentity(settings),
    topics: {
      replicationFactor: settings.KAFKA_REPLICATION_FACTOR,
      minInsyncReplicas: settings.KAFKA_MIN_ISR,
      retentionMs: settings.KAFKA_RETENTION_DAYS * dayMs,
    },
    compression: settings.KAFKA_COMPRESSION,
    report: reportDefect,
  };
}

/** How the brokers are known to this service, and it to them. */
export function kafkaIdentity(settings: Settings): {
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: { readonly username: string; readonly password: string };
} {
  const { KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE, KAFKA_TLS_KEY_FILE } = settings;
  const { KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD_FILE } = settings;
  const own = KAFKA_TLS_CERT_FILE !== undefined && KAFKA_TLS_KEY_FILE !== undefined;
  return {
    ...(KAFKA_TLS_CA_FILE !== undefined && {
      tls: {
        ca: readFileSync(KAFKA_TLS_CA_FILE, 'utf8'),
        ...(own && { cert: readFileSync(KAFKA_TLS_CERT_FILE, 'utf8'), key: readFileSync(KAFKA_TLS_KEY_FILE, 'utf8') }),
      },
    }),
    ...(KAFKA_SASL_USERNAME !== undefined &&
      KAFKA_SASL_PASSWORD_FILE !== undefined && {
        sasl: { username: KAFKA_SASL_USERNAME, password: readFileSync(KAFKA_SASL_PASSWORD_FILE, 'utf8').trim() },
      }),
  };
}

/** The jobs that the profile means. */
export function jobsOptions(settings: Settings): JobsOptions {
  const { PROFILE, DATA_DIR, REDIS_URL, KAFKA_TOPIC_PREFIX } = settings;
  if (PROFILE === 'embedded') return { backend: 'embedded', directory: DATA_DIR, report: reportJob };
  // One prefix tells deployments apart wherever they share a service.
  const prefix = KAFKA_TOPIC_PREFIX === undefined ? {} : { prefix: KAFKA_TOPIC_PREFIX };
  return { backend: 'bull', redisUrl: REDIS_URL ?? '', report: reportJob, ...prefix };
}
