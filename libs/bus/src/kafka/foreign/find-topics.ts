import type { Cluster } from 'kafkajs';
import { ForeignTopicsError, type ForeignTopicsOptions, type TopicsOfPrefix } from '../../foreign-topics.js';

/** Names in the order in which they are to be read. Throws `ForeignTopicsError` where none begins with a prefix. */
export async function findTopics(cluster: Cluster, topics: ForeignTopicsOptions['topics']): Promise<readonly string[]> {
  if (!('prefix' in topics)) return topics;
  const { topicMetadata } = await cluster.metadata();
  const names = topicMetadata.map(({ topic }) => topic).filter((topic) => topic.startsWith(topics.prefix));
  if (names.length > 0) return names.sort((one, other) => rankOf(one, topics) - rankOf(other, topics));
  throw new ForeignTopicsError('topic-missing', `no topic that our user may see begins with ${topics.prefix}`);
}

function rankOf(topic: string, { endings }: TopicsOfPrefix): number {
  const at = endings.findIndex((one) => topic.endsWith(one));
  return at === -1 ? endings.length : at;
}
