import { describe, expect, it } from '@jest/globals';
import { unpackTransaction, wholeBytesMax } from './transaction-payload.js';

/** An event of this many bytes, each of its body being `fill`. */
function event(bytes: number, fill: number): Buffer {
  const whole = Buffer.alloc(bytes, fill);
  whole.writeUInt32LE(bytes, 9);
  return whole;
}

/** A zstd frame that keeps its content as it is (RFC 8878, raw block). */
function frameOf(content: Buffer): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(content.length, 5);
  header.writeUIntLE(1 | (content.length << 3), 9, 3);
  return Buffer.concat([header, content]);
}

interface Fields {
  readonly compression?: number;
  readonly wholeBytes: number;
}

function payload(bytes: Buffer, { compression, wholeBytes }: Fields): Buffer {
  const size = Buffer.from([3, 9, 254, 0, 0, 0, 0, 0, 0, 0, 0]);
  size.writeBigUInt64LE(BigInt(wholeBytes), 3);
  const way = compression === undefined ? [] : [2, 3, 252, compression, 0];
  return Buffer.concat([Buffer.from([...way, 1, 1, bytes.length & 0x7f]), size, Buffer.from([0]), bytes]);
}

describe('unpackTransaction', () => {
  const events = [event(30, 1), event(19, 2), event(45, 3)];
  const whole = Buffer.concat(events);

  it('gives the events of a compressed transaction, also of one in several frames', () => {
    expect(unpackTransaction(payload(frameOf(whole), { wholeBytes: whole.length }))).toEqual(events);
    const frames = Buffer.concat([frameOf(whole.subarray(0, 40)), frameOf(whole.subarray(40))]);
    expect(unpackTransaction(payload(frames, { compression: 0, wholeBytes: whole.length }))).toEqual(events);
  });

  it('gives those of one that was left as it is', () => {
    expect(unpackTransaction(payload(whole, { compression: 255, wholeBytes: 0 }))).toEqual(events);
  });

  it('does not unpack one that is too large, whatever it is', () => {
    expect(unpackTransaction(payload(Buffer.alloc(0), { wholeBytes: wholeBytesMax + 1 }))).toBeUndefined();
  });

  it('refuses one that is not as long as it says, or ends within an event', () => {
    expect(() => unpackTransaction(payload(frameOf(whole), { wholeBytes: whole.length + 1 }))).toThrow(TypeError);
    const short = whole.subarray(0, -1);
    expect(() => unpackTransaction(payload(short, { compression: 255, wholeBytes: 0 }))).toThrow(TypeError);
    const tiny = event(30, 1);
    tiny.writeUInt32LE(0, 9);
    expect(() => unpackTransaction(payload(tiny, { compression: 255, wholeBytes: 0 }))).toThrow(TypeError);
  });
});
