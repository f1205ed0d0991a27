import { randomUUID } from 'node:crypto';
import type { ReportDefect } from '../../event-bus.js';
import { deadTopicOf, type Topic } from '../../topics.js';
import { ClusterAdmin } from '../cluster-admin.js';
import type { KafkaBusOptions } from '../kafka-options.js';
import { type KafkaBus, openKafkaBus } from '../kafka-bus.js';
import { provision } from '../provision/provision.js';

const dayMs = 24 * 60 * 60 * 1000;
const brokers = process.env['TEST_KAFKA_BROKERS']?.split(',');

/** Whether there is a cluster to test on. Its lack is said loudly, and is a failure under CI. */
export function isKafkaThere(): boolean {
  if (brokers) return true;
  if (process.env['CI'] === 'true') throw new Error('TEST_KAFKA_BROKERS is not set: no Kafka to test on');
  console.warn('SKIPPED: TEST_KAFKA_BROKERS is not set, so nothing is tested on Kafka');
  return false;
}

export const silent: ReportDefect = () => undefined;

/** Options for topics of its own on the cluster of the tests. */
export function testOptions(more: Partial<KafkaBusOptions> = {}): KafkaBusOptions {
  return {
    clientId: 'test',
    brokers: brokers ?? [],
    topicPrefix: `t${randomUUID().slice(0, 8)}.`,
    topics: { replicationFactor: 1, minInsyncReplicas: 1, retentionMs: 7 * dayMs },
    report: silent,
    ...more,
  };
}

/** Each topic, and the dead topics that its readers need. */
export function withDead(topic: Topic, ...groups: readonly string[]): readonly Topic[] {
  return [topic, ...groups.map((group) => deadTopicOf(topic, group))];
}

export interface TestPlace {
  readonly options: KafkaBusOptions;
  open(more?: Partial<KafkaBusOptions>): Promise<KafkaBus>;
  dispose(): Promise<void>;
}

/** Topics of their own for one test. */
export async function newPlace(topics: readonly Topic[], more: Partial<KafkaBusOptions> = {}): Promise<TestPlace> {
  const options = testOptions(more);
  await provision({ ...options, only: topics });
  return {
    options,
    open: (other = {}) => openKafkaBus({ ...options, ...other }, topics),
    dispose: async () => {
      const admin = new ClusterAdmin(options);
      const names = topics.map((topic) => `${options.topicPrefix ?? ''}${topic}`);
      await admin.ask('delete topics', (asked) => asked.deleteTopics({ topics: names }));
      await admin.close();
    },
  };
}
