import { EncodedRecord, lengthBytes } from './record-codec.js';

/** A record whose header is JSON already, and whose body is text. */
export interface WrittenRecord {
  readonly key: string;
  readonly header: string;
  readonly body: string;
}

/** Records as the bus stores them, one behind the other in one piece of memory that can change hands between threads. */
export interface EncodedRecords {
  readonly keys: readonly string[];
  readonly bytes: ArrayBuffer;
  /** Where each ends. */
  readonly ends: readonly number[];
}

/** Encodes where records are made, for another thread to publish: it need not read or copy what it hands on. */
export function encodeTogether(records: readonly WrittenRecord[]): EncodedRecords {
  const sizes = records.map(({ header, body }) => [Buffer.byteLength(header), Buffer.byteLength(body)] as const);
  const total = sizes.reduce((sum, [header, body]) => sum + lengthBytes + header + body, 0);
  const memory = new ArrayBuffer(total);
  const bytes = Buffer.from(memory);
  const ends: number[] = [];
  let at = 0;
  for (const [number, { header, body }] of records.entries()) {
    at = bytes.writeUInt32BE(sizes[number]?.[0] ?? 0, at);
    at += bytes.write(header, at);
    at += bytes.write(body, at);
    ends.push(at);
  }
  return { keys: records.map(({ key }) => key), bytes: memory, ends };
}

/** The records, to be published as they are. */
export function encodedRecords({ keys, bytes, ends }: EncodedRecords): readonly EncodedRecord[] {
  return keys.map((key, number) => {
    const from = ends[number - 1] ?? 0;
    return new EncodedRecord(key, Buffer.from(bytes, from, (ends[number] ?? from) - from));
  });
}
