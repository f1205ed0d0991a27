import type { MessagePort } from 'node:worker_threads';
import type { Topic } from '../topics.js';
import type { Lane } from './group-commit.js';
import type { Append, Appended, LogAnswer, LogReply } from './log-protocol.js';

/** One client as the log thread sees it. */
export class LogPort implements Lane {
  epochMin = 0;
  readonly #topics = new Set<Topic>();

  constructor(private readonly port: MessagePort) {}

  /** From now on it is told what is new in this topic. */
  subscribe(topic: Topic): void {
    this.#topics.add(topic);
  }

  answer(answer: LogAnswer): void {
    this.reply([answer], []);
  }

  /** In one message, and in none when nothing of it is the client's. */
  reply(answers: readonly LogAnswer[], appends: readonly Append[]): void {
    const appended = this.#newsOf(appends);
    if (answers.length > 0 || appended.length > 0) this.port.postMessage({ answers, appended } satisfies LogReply);
  }

  close(): void {
    this.port.close();
  }

  #newsOf(appends: readonly Append[]): Appended[] {
    const news = new Map<Topic, Set<number>>();
    for (const { topic, records } of appends) {
      if (!this.#topics.has(topic)) continue;
      const partitions = news.get(topic) ?? new Set();
      for (const { partition } of records) partitions.add(partition);
      news.set(topic, partitions);
    }
    return [...news].map(([topic, partitions]) => ({ topic, partitions }));
  }
}
