import kafkajs, { type PartitionAssigner } from 'kafkajs';

/**
 * Kafkajs's own assigner, and a moment before each join. kafkajs rejoins a group without waiting for what is in hand and
 * has no hook for it; whoever gets the partitions next would work beside us on the same records. Assigners are given
 * the consumer's cluster, and the first thing a join does is to ask it for the group's coordinator. `beforeJoin` is
 * awaited there. It must be shorter than the session timeout: no heartbeat is sent meanwhile.
 */
export function gatedAssigner(beforeJoin: () => Promise<void>): PartitionAssigner {
  return (given) => {
    const { cluster } = given;
    const find = cluster.findGroupCoordinator.bind(cluster);
    cluster.findGroupCoordinator = async (group) => {
      await beforeJoin();
      return find(group);
    };
    return kafkajs.PartitionAssigners.roundRobin(given);
  };
}
