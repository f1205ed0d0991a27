import kafkajs, { type PartitionAssigner } from 'kafkajs';
import type { Fetching } from './fetching.js';

/**
 * Kafkajs's own assigner, and a moment before each join. kafkajs rejoins a group without waiting for what is in hand and
 * has no hook for it; whoever gets the partitions next would work beside us on the same records. Assigners are given
 * the consumer's cluster, and the first thing a join does is to ask it for the group's coordinator. `beforeJoin` is
 * awaited there. It must be shorter than the session timeout: no heartbeat is sent meanwhile. Fetches are watched over there too.
 */
export function gatedAssigner(beforeJoin: () => Promise<void>, fetching: Fetching): PartitionAssigner {
  return (given) => {
    const { cluster } = given;
    fetching.watch(cluster);
    const find = cluster.findGroupCoordinator.bind(cluster);
    cluster.findGroupCoordinator = async (group) => {
      await beforeJoin();
      return find(group);
    };
    return kafkajs.PartitionAssigners.roundRobin(given);
  };
}
