import type { Topic } from '../../topics.js';
import type { ClusterAdmin } from '../cluster-admin.js';
import type { KafkaTopicPromises } from '../kafka-options.js';
import type { Names } from '../names.js';
import { type FoundTopic, readTopics } from './read-topics.js';
import { planOf, type TopicPlan } from './topic-plan.js';

export interface TopicsWanted {
  readonly topics: readonly Topic[];
  readonly names: Names;
  readonly promises: KafkaTopicPromises;
}

/** Throws a `TypeError` that names each topic, setting, what was found and what is demanded. */
export async function checkTopics(admin: ClusterAdmin, { topics, names, promises }: TopicsWanted): Promise<void> {
  const found = await readTopics(
    admin,
    topics.map((topic) => names.topic(topic)),
  );
  const faults = topics.flatMap((topic) => {
    const name = names.topic(topic);
    return faultsOf(found.get(name), planOf(topic, promises)).map((fault) => `${name}: ${fault}`);
  });
  if (faults.length === 0) return;
  throw new TypeError(`Kafka topics do not keep what is promised (npm run kafka:provision): ${faults.join('; ')}`);
}

/** What of a topic breaks its plan, in words. */
export function faultsOf(found: FoundTopic | undefined, plan: TopicPlan): readonly string[] {
  if (found === undefined) return ['missing, or hidden from this identity'];
  return [...shapeFaultsOf(found, plan), ...settingFaultsOf(found, plan).map(({ fault }) => fault)];
}

/** What cannot be put right in a topic that exists. */
export function shapeFaultsOf(found: FoundTopic, plan: TopicPlan): readonly string[] {
  const faults: string[] = [];
  if (found.partitions !== plan.partitions)
    faults.push(`partitions is ${found.partitions}, demanded ${plan.partitions} (the order of every key hangs on it)`);
  if (found.replicationFactor < plan.replicationFactor)
    faults.push(`replication factor is ${found.replicationFactor}, demanded at least ${plan.replicationFactor}`);
  return faults;
}

export function settingFaultsOf(
  found: FoundTopic,
  plan: TopicPlan,
): readonly { readonly name: string; readonly value: string; readonly fault: string }[] {
  return plan.settings.flatMap(({ name, value, isKeptBy }) => {
    const is = found.settings.get(name)?.value;
    if (is !== undefined && isKeptBy(is)) return [];
    return [{ name, value, fault: `${name} is ${is ?? 'not known'}, demanded ${value}` }];
  });
}
