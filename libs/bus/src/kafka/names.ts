import { randomUUID } from 'node:crypto';
import type { Topic } from '../topics.js';

/** What the cluster calls our topics and groups. A group id begins with the group, so that rights go by prefix. */
export class Names {
  readonly #prefix: string;

  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  topic(topic: Topic): string {
    return `${this.#prefix}${topic}`;
  }

  /** One per topic: kafkajs gives each member partitions of every topic of its group, subscribed or not. */
  group(topic: Topic, group: string): string {
    return `${this.groupPrefix(group)}${topic}`;
  }

  /** Of one reader from the start, once: kafkajs reads in no other way than as a group. */
  startGroup(group: string): string {
    return `${this.groupPrefix(group)}start.${randomUUID()}`;
  }

  groupPrefix(group: string): string {
    return `${this.#prefix}${group}.`;
  }
}
