import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { EventBus } from '@anamnesis/bus';
import {
  type Keys,
  type Metrics,
  Observations,
  type RegistrationClient,
  type RemoteListeners,
  SourceKeys,
  type SourceRegistry,
} from '@anamnesis/runtime';
import { AdapterMetrics } from './adapter-metrics.js';
import type { AdapterDbSettings } from './config.js';
import { mappingFiles } from './mapping-files.js';
import { SigningThread } from './signing/signing-thread.js';
import { SourceRunner } from './source-runner.js';

/** After an enrolment failed the next one is not tried before. */
const enrolRetryMs = 2000;

export interface AdapterParts {
  readonly settings: AdapterDbSettings;
  readonly bus: EventBus;
  readonly keys: Pick<Keys, 'deploymentKey'>;
  readonly registry: SourceRegistry;
  readonly registration: Pick<RegistrationClient, 'contact' | 'enrolmentToken' | 'enrol' | 'observe'>;
  readonly metrics: Metrics;
}

/** Puts the adapter together. Nothing is read before `start`; `stop` publishes what was read. */
export function openAdapter({ settings, bus, keys, registry, registration, metrics }: AdapterParts): RemoteListeners {
  const counted = new AdapterMetrics(metrics);
  const observations = new Observations({
    registration,
    adapter: `adapter-db-${randomBytes(4).toString('hex')}`,
    intervalMs: settings.OBSERVATION_INTERVAL_MS,
    onFailure: () => {
      counted.observationFailures.inc();
    },
  });
  const sourceKeys = new SourceKeys({
    directory: join(settings.DATA_DIR, 'adapter-db'),
    registration,
    isRevoked: (serial) => registry.isRevoked(serial),
    retryMs: enrolRetryMs,
  });
  const signing = new SigningThread(keys.deploymentKey);
  let runners: readonly SourceRunner[] = [];
  return {
    start: async () => {
      const files = settings.DB_SOURCES === undefined ? [] : await mappingFiles(settings.DB_SOURCES);
      const { deploymentKey } = keys;
      const shared = { settings, bus, deploymentKey, registry, registration, sourceKeys, observations };
      const { sign } = signing;
      runners = files.map((path) => new SourceRunner(path, { ...shared, metrics: counted, sign }));
      for (const one of runners) one.start();
      observations.start();
      return {};
    },
    stop: async () => {
      await Promise.all(runners.map((one) => one.stop()));
      await signing.close();
      await observations.stop();
    },
  };
}
