import type { BusRecord, DeliveredRecord, Refusal } from './event-bus.js';
import type { Topic } from './topics.js';

/** How much larger than what it refuses a dead letter may be; backends allow `recordBytesMax` and this. */
export const deadLetterBytesMore = 16 * 1024;
const textLengthMax = 1000;

/** What a dead letter says in its header beside what the record's own says. */
interface LetterRefusal {
  readonly code: string;
  readonly reason: string;
  readonly owner?: string;
  readonly trial?: string;
  readonly group: string;
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: number;
  /** ISO 8601 UTC. */
  readonly appendedAt: string;
  /** Of a record that was a dead letter itself: what it said. */
  readonly earlier?: unknown;
}

/** The record as it goes to the dead topic: its header with `refusal` added, its bytes untouched, its key kept. */
export function deadLetter(group: string, { record, code, reason, owner, trial }: Refusal): BusRecord {
  const { topic, partition, offset, appendedAt } = record;
  const earlier = record.header['refusal'];
  const refusal: LetterRefusal = {
    code,
    reason: reason.slice(0, textLengthMax),
    ...(owner === undefined ? {} : { owner: owner.slice(0, textLengthMax) }),
    ...(trial !== undefined && { trial }),
    group,
    topic,
    partition,
    offset,
    appendedAt: appendedAt.toISOString(),
    ...(earlier !== undefined && { earlier }),
  };
  return { key: record.key, header: { ...record.header, refusal }, body: record.body };
}

/** The record that a letter of a dead topic is about, as it was delivered, and why and by which trial it was refused. */
export function readDeadLetter({ key, header, body }: BusRecord): {
  readonly record: DeliveredRecord;
  readonly code: string;
  readonly reason: string;
  readonly trial: string | undefined;
} {
  const { refusal, ...own } = header;
  const { code, reason, trial, topic, partition, offset, appendedAt, earlier } = refusal as LetterRefusal;
  const recordHeader = earlier === undefined ? own : { ...own, refusal: earlier };
  const place = { topic, partition, offset, appendedAt: new Date(appendedAt) };
  return { code, reason, trial, record: { ...place, key, header: recordHeader, body } };
}
