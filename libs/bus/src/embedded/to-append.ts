import { deadLetterBytesMore } from '../dead-letter.js';
import { type BusRecord, recordBytesMax } from '../event-bus.js';
import { partitionOf } from '../partition-of.js';
import { isDeadTopic, type Topic } from '../topics.js';
import { encodeRecord } from '../record-codec.js';
import type { Append } from './log-protocol.js';

/** Throws `Rejected('record-too-large')` before anything is on its way. */
export function toAppend(topic: Topic, records: readonly BusRecord[]): Append {
  const sizeBytesMax = isDeadTopic(topic) ? recordBytesMax + deadLetterBytesMore : recordBytesMax;
  return {
    topic,
    records: records.map((record) => ({
      partition: partitionOf(topic, record.key),
      key: record.key,
      value: encodeRecord(record, sizeBytesMax),
    })),
  };
}
