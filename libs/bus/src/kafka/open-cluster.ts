import kafkajs, { type Cluster } from 'kafkajs';
import { clientLimits, type KafkaClient, openKafkaClient } from './kafka-client.js';
import type { KafkaConnection } from './kafka-options.js';

/** For reading outside of any group. */
export interface ClusterSession {
  readonly client: KafkaClient;
  readonly cluster: Cluster;
}

/**
 * kafkajs has no call for reading outside of a group, but hands its cluster to partition assigners; this one belongs to a
 * consumer that never runs.
 */
export function openCluster(connection: KafkaConnection): ClusterSession {
  const client = openKafkaClient(connection);
  let cluster: Cluster | undefined;
  client.kafka.consumer({
    groupId: 'never-joined',
    metadataMaxAge: clientLimits.metadataMaxAgeMs,
    allowAutoTopicCreation: false,
    retry: clientLimits.retry,
    partitionAssigners: [
      (given) => {
        cluster = given.cluster;
        return kafkajs.PartitionAssigners.roundRobin(given);
      },
    ],
  });
  if (cluster === undefined) throw new TypeError('kafkajs did not hand out its cluster');
  return { client, cluster };
}

export function shutCluster({ client, cluster }: ClusterSession): void {
  cluster.disconnect().catch(() => undefined);
  client.fence();
}
