import kafkajs from 'kafkajs';
import type { ClusterAdmin } from '../cluster-admin.js';

export interface FoundTopic {
  readonly partitions: number;
  /** Of the partition that has fewest. */
  readonly replicationFactor: number;
  readonly settings: ReadonlyMap<string, FoundSetting>;
}

export interface FoundSetting {
  readonly value: string;
  /** Said of this topic, and not a default of the cluster. */
  readonly isOwn: boolean;
}

/** The topics among these that exist, by the cluster's names. Throws `Unavailable`. */
export async function readTopics(
  admin: ClusterAdmin,
  names: readonly string[],
): Promise<ReadonlyMap<string, FoundTopic>> {
  const existing = new Set(await admin.ask('topics', (asked) => asked.listTopics()));
  const wanted = names.filter((name) => existing.has(name));
  if (wanted.length === 0) return new Map();
  const { topics } = await admin.ask('topics', (asked) => asked.fetchTopicMetadata({ topics: wanted }));
  const { resources } = await admin.ask('settings of topics', (asked) =>
    asked.describeConfigs({
      resources: wanted.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
      includeSynonyms: false,
    }),
  );
  const settings = new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(
        configEntries.map(({ configName, configValue, configSource }) => {
          const isOwn = configSource === kafkajs.ConfigSource.TOPIC_CONFIG;
          return [configName, { value: configValue, isOwn }];
        }),
      ),
    ]),
  );
  return new Map(
    topics.map(({ name, partitions }) => [
      name,
      {
        partitions: partitions.length,
        replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        settings: settings.get(name) ?? new Map<string, FoundSetting>(),
      },
    ]),
  );
}
