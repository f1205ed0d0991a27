import type { BusRecord, Refusal } from './event-bus.js';

/** How much larger than what it refuses a dead letter may be; backends allow `recordBytesMax` and this. */
export const deadLetterBytesMore = 16 * 1024;
const textLengthMax = 1000;

/** The record as it goes to the dead topic: its header with `refusal` added, its bytes untouched, its key kept. */
export function deadLetter(group: string, { record, code, reason, owner }: Refusal): BusRecord {
  const { topic, partition, offset, appendedAt } = record;
  const refusal = {
    code,
    reason: reason.slice(0, textLengthMax),
    ...(owner === undefined ? {} : { owner: owner.slice(0, textLengthMax) }),
    group,
    topic,
    partition,
    offset,
    appendedAt: appendedAt.toISOString(),
  };
  return { key: record.key, header: { ...record.header, refusal }, body: record.body };
}
