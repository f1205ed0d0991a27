import { describe, expect, it } from '@jest/globals';
import { LogCursor } from './log-cursor.js';
import { eventTypes } from './log-event.js';

const gib = 1024 ** 3;

interface Seen {
  readonly type?: number;
  readonly length?: number;
  readonly end?: number;
  readonly flags?: number;
  readonly body?: Buffer;
}

function event({ type = 30, length, end = 0, flags = 0, body = Buffer.alloc(0) }: Seen): Buffer {
  const header = Buffer.alloc(19);
  header.writeUInt8(type, 4);
  header.writeUInt32LE(length ?? header.length + body.length, 9);
  header.writeUInt32LE(end, 13);
  header.writeUInt16LE(flags, 17);
  return Buffer.concat([header, body]);
}

function rotation(file: string, offset: bigint): Buffer {
  const body = Buffer.alloc(8);
  body.writeBigUInt64LE(offset);
  return event({
    type: eventTypes.rotate,
    body: Buffer.concat([body, Buffer.from(`${file}\x12\x34\x56\x78`, 'latin1')]),
  });
}

describe('LogCursor', () => {
  it('counts on beyond 4 GiB, where events say no more than 32 bits of their place', () => {
    const cursor = new LogCursor({ file: 'log.000001', offset: 3.5 * gib });
    cursor.see(event({ length: gib, end: 0.5 * gib }));
    expect(cursor.offset).toBe(4.5 * gib);
    cursor.see(event({ length: 3.75 * gib, end: 0.25 * gib }));
    expect(cursor.offset).toBe(8.25 * gib);
  });

  it('goes by the length of events that do not say their place, and by the place of the next one that does', () => {
    const cursor = new LogCursor({ file: 'log.000001', offset: 1000 });
    cursor.see(event({ length: 100 }));
    expect(cursor.offset).toBe(1100);
    cursor.see(event({ length: 50, end: 1160 }));
    expect(cursor.offset).toBe(1160);
  });

  it('is where a rotation says, whose name may have a checksum behind it', () => {
    const cursor = new LogCursor({ file: 'log.000001', offset: 5 * gib });
    cursor.see(rotation('log.000002', 4n));
    expect([cursor.file, cursor.offset]).toEqual(['log.000002', 4]);
  });

  it('is not moved by what stands in no file', () => {
    const cursor = new LogCursor({ file: 'log.000001', offset: 1000 });
    cursor.see(event({ type: eventTypes.heartbeat, length: 40, end: 1000 }));
    cursor.see(event({ type: eventTypes.heartbeatV2, length: 40 }));
    cursor.see(event({ type: eventTypes.formatDescription, length: 120 }));
    cursor.see(event({ length: 40, flags: 0x20 }));
    expect(cursor.offset).toBe(1000);
  });
});
