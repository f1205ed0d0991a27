import { decompress } from 'fzstd';
import { headerBytes, headerOf } from './log-event.js';

/** Fields before the payload, each with its length (MySQL source, "Transaction_payload_event"). */
const fields = { end: 0, payloadBytes: 1, compression: 2, wholeBytes: 3 } as const;
/** `binlog_transaction_compression` knows one way, and a payload that would not have got smaller is as it was. */
const compressions = { zstd: 0, none: 255 } as const;
/** Larger transactions are not unpacked, since all their rows would be in memory at once. */
export const wholeBytesMax = 32 * 1024 * 1024;

/**
 * The events of a transaction that its server compressed (MySQL since 8.0.20), each from its header on and without
 * checksum; undefined where there is too much of them. `body`: of the event that holds them, without header and checksum.
 */
export function unpackTransaction(body: Buffer): readonly Buffer[] | undefined {
  const { values, rest } = readFields(body);
  const isPacked = (values.get(fields.compression) ?? compressions.zstd) !== compressions.none;
  const wholeBytes = isPacked ? (values.get(fields.wholeBytes) ?? 0) : rest.length;
  if (wholeBytes > wholeBytesMax) return undefined;
  const whole = isPacked ? Buffer.from(decompress(rest)) : rest;
  if (whole.length !== wholeBytes) throw new TypeError('a compressed transaction is not as long as it says');
  const events: Buffer[] = [];
  for (let at = 0; at < whole.length;) {
    const { length } = headerOf(whole.subarray(at));
    if (length < headerBytes || at + length > whole.length)
      throw new TypeError('a compressed transaction is cut short');
    events.push(whole.subarray(at, at + length));
    at += length;
  }
  return events;
}

function readFields(body: Buffer): { readonly values: ReadonlyMap<number, number>; readonly rest: Buffer } {
  const values = new Map<number, number>();
  let at = 0;
  const next = () => {
    const [value, bytes] = lengthEncoded(body, at);
    at += bytes;
    return value;
  };
  for (let field = next(); field !== fields.end; field = next()) {
    const length = next();
    values.set(field, lengthEncoded(body, at)[0]);
    at += length;
  }
  return { values, rest: body.subarray(at) };
}

/** An integer of the protocol whose first byte may say how many follow. */
function lengthEncoded(bytes: Buffer, at: number): readonly [value: number, bytes: number] {
  const first = bytes.readUInt8(at);
  if (first < 251) return [first, 1];
  if (first === 252) return [bytes.readUInt16LE(at + 1), 3];
  if (first === 253) return [bytes.readUIntLE(at + 1, 3), 4];
  return [Number(bytes.readBigUInt64LE(at + 1)), 9];
}
