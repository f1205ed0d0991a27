/** Insides of kafkajs that tests make fail. */
declare module 'kafkajs/src/broker/index.js' {
  export default class Broker {
    fetch(request: object): Promise<unknown>;
  }
}
declare module 'kafkajs/src/cluster/index.js' {
  export default class Cluster {
    findGroupCoordinator(group: object): Promise<unknown>;
  }
}
