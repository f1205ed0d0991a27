export interface ForeignMessage {
  readonly key?: string | null;
  readonly value: string | Buffer | null;
  /** 0 unless said. */
  readonly partition?: number;
}

/** Topics of a cluster, written as another system would. */
export interface ForeignTopics {
  create(
    topic: string,
    options?: { readonly partitions?: number; readonly config?: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** Resolves when they are stored, in this order; compression 1 is gzip. */
  write(topic: string, messages: readonly ForeignMessage[], compression?: 0 | 1): Promise<void>;
  /** Drops what lies before the offset in partition 0, as retention does. */
  purge(topic: string, offset: number): Promise<void>;
  /** Names with this in them. */
  list(part: string): Promise<readonly string[]>;
  remove(topics: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function openForeignTopics(brokers: readonly string[]): Promise<ForeignTopics>;
