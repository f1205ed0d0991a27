import { deadLetterBytesMore } from '../../dead-letter.js';
import { recordBytesMax } from '../../event-bus.js';
import { settingsOf, type Topic } from '../../topics.js';
import type { KafkaTopicPromises } from '../kafka-options.js';

/** For the key and Kafka's own framing of a batch. */
const framingBytes = 64 * 1024;

/** Every codec may grow what cannot be compressed. */
export const messageBytesMax = recordBytesMax + deadLetterBytesMore + framingBytes;

/** What is demanded of one topic. */
export interface TopicPlan {
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly settings: readonly TopicSetting[];
}

export interface TopicSetting {
  readonly name: string;
  /** What it is created with. */
  readonly value: string;
  /** Whether what is found keeps the promise as well. */
  readonly isKeptBy: (found: string) => boolean;
}

const exactly = (name: string, value: string): TopicSetting => ({ name, value, isKeptBy: (found) => found === value });
const atLeast = (name: string, value: number): TopicSetting => ({
  name,
  value: String(value),
  isKeptBy: (found) => Number(found) >= value,
});

export function planOf(topic: Topic, promises: KafkaTopicPromises): TopicPlan {
  const { partitions, isCompacted } = settingsOf(topic);
  const { replicationFactor, minInsyncReplicas, retentionMs } = promises;
  const kept = isCompacted
    ? [exactly('cleanup.policy', 'compact')]
    : // Kept for ever (-1) is no better than too short: what is about patients does not stay here.
      [exactly('cleanup.policy', 'delete'), atLeast('retention.ms', retentionMs), exactly('retention.bytes', '-1')];
  return {
    partitions,
    replicationFactor,
    settings: [
      ...kept,
      atLeast('min.insync.replicas', minInsyncReplicas),
      atLeast('max.message.bytes', messageBytesMax),
      exactly('message.timestamp.type', 'LogAppendTime'),
      exactly('unclean.leader.election.enable', 'false'),
    ],
  };
}
