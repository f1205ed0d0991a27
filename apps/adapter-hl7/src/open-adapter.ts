import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { EventBus } from '@anamnesis/bus';
import type { ContentStore } from '@anamnesis/content';
import { openDictionary, Rules } from '@anamnesis/hl7v2';
import {
  type Calls,
  type Keys,
  type Metrics,
  Observations,
  type Readiness,
  type RegistrationClient,
  type RemoteListeners,
  SourceKeys,
  type SourceRegistry,
} from '@anamnesis/runtime';
import { AdapterMetrics } from './adapter-metrics.js';
import type { AdapterHl7Settings } from './config.js';
import { DefectWatch } from './defect-watch.js';
import { FolderIntake } from './folder/folder-intake.js';
import { answerHttpWith, httpIntake } from './http/answer-http.js';
import { HttpsIntake } from './http/https-intake.js';
import { ApplicationAcks } from './initiate/application-acks.js';
import { MllpServer } from './mllp/mllp-server.js';
import { WorkGate } from './mllp/work-gate.js';
import { type ReceiveAssembled, receiveAssembledWith } from './intake/receive-assembled.js';
import { type ReceiveOptions, receiveWith } from './intake/receive.js';
import { MessageSigning } from './intake/message-signing.js';
import { RefusalLog } from './intake/refusal-log.js';
import { RecentMessages } from './intake/recent-messages.js';
import { Senders } from './sources/senders.js';

export interface AdapterParts {
  readonly settings: AdapterHl7Settings;
  readonly bus: EventBus;
  readonly content: Pick<ContentStore, 'put'>;
  readonly keys: Pick<Keys, 'deploymentKey'>;
  readonly registry: SourceRegistry;
  readonly registration: Pick<
    RegistrationClient,
    'contact' | 'enrolmentToken' | 'enrol' | 'observe' | 'leaseAcknowledgements' | 'settleAcknowledgements'
  >;
  readonly metrics: Metrics;
  readonly calls: Pick<Calls, 'answer'>;
  readonly readiness: Pick<Readiness, 'block' | 'unblock'>;
}

export interface Adapter extends RemoteListeners {
  /** Takes messages that were put together from fragments, as the bus delivers them. */
  readonly takeAssembled: ReceiveAssembled;
}

/** Puts the adapter together. Nothing listens before `start`; `stop` answers what was received. */
export function openAdapter(parts: AdapterParts): Adapter {
  const { settings, bus, content, keys, registry, registration } = parts;
  const metrics = new AdapterMetrics(parts.metrics);
  const adapter = `adapter-hl7-${randomBytes(4).toString('hex')}`;
  const observations = new Observations({
    registration,
    adapter,
    intervalMs: settings.OBSERVATION_INTERVAL_MS,
    onFailure: () => {
      metrics.observationFailures.inc();
    },
  });
  const applicationAcks = new ApplicationAcks({ settings, metrics, registry, registration, adapter });
  const options: ReceiveOptions = {
    settings,
    bus,
    deploymentKey: keys.deploymentKey,
    contactTimeoutMs: settings.CONTACT_TIMEOUT_MS,
    publishTimeoutMs: settings.PUBLISH_TIMEOUT_MS,
    detachBytesMin: settings.DETACH_BYTES_MIN,
    restBytesMax: settings.MLLP_FRAME_BYTES_MAX,
    content,
    registry,
    senders: new Senders({
      registry,
      registration,
      metrics,
      retryMs: settings.CONTACT_RETRY_MS,
      sizeMax: settings.UNKNOWN_SENDERS_MAX,
    }),
    sourceKeys: new SourceKeys({
      directory: join(settings.DATA_DIR, 'adapter-hl7'),
      registration,
      isRevoked: (serial) => registry.isRevoked(serial),
      retryMs: settings.CONTACT_RETRY_MS,
    }),
    recent: new RecentMessages(settings.RECENT_MESSAGES_MAX),
    fragmenting: new Set(),
    observations,
    rules: openDictionary().then((dictionary) => new Rules(dictionary)),
    refusalLog: new RefusalLog(),
    signing: new MessageSigning(),
    metrics,
    defects: new DefectWatch(metrics, parts.readiness),
  };
  const receive = receiveWith(options);
  const gate = new WorkGate(settings.MLLP_WORK_BYTES_MAX);
  const answer = answerHttpWith({ receive, gate });
  parts.calls.answer(httpIntake, answer);
  const https = new HttpsIntake({ settings, metrics, answer });
  const folder = new FolderIntake({ settings, receive, gate, metrics });
  const server = new MllpServer({ settings, receive, metrics, gate });
  return {
    takeAssembled: receiveAssembledWith(options),
    start: async () => {
      const addresses = await server.start();
      const hl7v2Https = await https.start();
      await folder.start();
      observations.start();
      applicationAcks.start();
      return { ...addresses, ...(hl7v2Https !== undefined && { hl7v2Https }) };
    },
    stop: async () => {
      await Promise.all([server.stop(), https.stop(), folder.stop(), applicationAcks.stop()]);
      await observations.stop();
    },
  };
}
