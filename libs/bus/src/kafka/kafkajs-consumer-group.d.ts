declare module 'kafkajs/src/consumer/consumerGroup.js' {
  export default class ConsumerGroup {
    /** By the clock of the machine, in milliseconds. */
    lastRequest: number;
    heartbeat(options: { readonly interval: number }): Promise<void>;
  }
}
