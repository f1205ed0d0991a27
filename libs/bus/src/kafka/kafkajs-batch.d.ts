declare module 'kafkajs/src/consumer/batch.js' {
  export interface RawMessage {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
  }
  export interface FetchedPartition {
    readonly partition: number;
    readonly highWatermark: string;
    readonly lastStableOffset?: string;
    readonly messages: readonly RawMessage[];
  }
  /** What of a fetched partition counts: nothing before the offset asked for, no markers, nothing of aborted transactions. */
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, fetched: FetchedPartition);
    readonly messages: readonly RawMessage[];
  }
}
