import { headerJson, jsonBytes, writeJson } from '@anamnesis/bus';
import type { Fields } from '@anamnesis/core';

/** First byte of an entry: layout 1 = header length (32 bit, big endian), header as JSON, raw bytes as received. */
const layout = 1;
const headerAt = 5;

/** What an archive entry seals. The layout is for good: a later one gets another first byte. */
export function encodeEntry(header: object, raw: Uint8Array): Uint8Array {
  const json = headerJson(header);
  const headerBytes = jsonBytes(json);
  const bytes = Buffer.allocUnsafe(headerAt + headerBytes + raw.length);
  bytes.writeUInt8(layout, 0);
  bytes.writeUInt32BE(headerBytes, 1);
  writeJson(json, bytes, headerAt);
  bytes.set(raw, headerAt + headerBytes);
  return bytes;
}

/** The inverse. Throws `RangeError` or `SyntaxError` for what `encodeEntry` did not write. */
export function decodeEntry(bytes: Uint8Array): { readonly header: Fields; readonly raw: Uint8Array } {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (from.readUInt8(0) !== layout) throw new RangeError('an entry of another layout');
  const rawAt = headerAt + from.readUInt32BE(1);
  if (rawAt > from.length) throw new RangeError('entry shorter than its header');
  return { header: JSON.parse(from.toString('utf8', headerAt, rawAt)) as Fields, raw: bytes.subarray(rawAt) };
}
