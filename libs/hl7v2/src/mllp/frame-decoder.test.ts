import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { samples } from '../sample-messages.js';
import { encodeFrame } from './encode-frame.js';
import { FrameDecoder, type FrameEvent } from './frame-decoder.js';

const frameBytesMax = 64 * 1024;
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

function decode(chunks: readonly Uint8Array[], limit = frameBytesMax): FrameEvent[] {
  const decoder = new FrameDecoder({ frameBytesMax: limit });
  return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
}

function told(events: readonly FrameEvent[]): readonly string[] {
  return events.map((event) => {
    switch (event.kind) {
      case 'frame':
        return `frame ${Buffer.from(event.bytes).toString('latin1')}`;
      case 'noise':
        return `noise ${event.sizeBytes}`;
      case 'too-large':
        return `too-large ${event.sizeBytes} ${Buffer.from(event.head).toString('latin1')}`;
    }
  });
}

describe('frame decoder', () => {
  it('finds the same message wherever the stream is cut', () => {
    for (const sample of samples) {
      const frame = Buffer.from(encodeFrame(bytesOf(sample)));
      for (let at = 0; at <= frame.length; at++) {
        expect(told(decode([frame.subarray(0, at), frame.subarray(at)]))).toEqual([`frame ${sample}`]);
      }
      expect(told(decode([...frame].map((byte) => Uint8Array.of(byte))))).toEqual([`frame ${sample}`]);
    }
  });

  it('finds two blocks in one chunk and counts what lies between', () => {
    expect(told(decode([bytesOf('\vone\x1c\r\r\njunk\vtwo\x1c\r')]))).toEqual(['frame one', 'noise 6', 'frame two']);
  });

  it('counts noise while it arrives and reports the run once, at the next block', () => {
    const decoder = new FrameDecoder({ frameBytesMax });
    expect(decoder.push(bytesOf('abc'))).toEqual([]);
    expect(decoder.push(bytesOf('de'))).toEqual([]);
    expect(decoder.noiseBytes).toBe(5);
    expect(told(decoder.push(bytesOf('\v')))).toEqual(['noise 5']);
    expect(decoder.isInsideFrame).toBe(true);
    expect(told(decoder.push(bytesOf('x\x1c\ry')))).toEqual(['frame x']);
    expect(decoder.noiseBytes).toBe(6);
    expect(decoder.isInsideFrame).toBe(false);
  });

  it('takes a lone 0x1C or 0x0B inside a block as data', () => {
    expect(told(decode([bytesOf('\va\x1cb\vc\x1c\x1c\r')]))).toEqual(['frame a\x1cb\vc\x1c']);
    expect(told(decode([bytesOf('\va\x1c'), bytesOf('b\x1c'), bytesOf('\r')]))).toEqual(['frame a\x1cb']);
    expect(told(decode([bytesOf('\v\x1c'), bytesOf('\x1c\r')]))).toEqual(['frame \x1c']);
  });

  it('reports an empty block, so that it can be answered', () => {
    expect(told(decode([bytesOf('\v\x1c\r')]))).toEqual(['frame ']);
  });

  it('loses neither neighbour of a block over the limit', () => {
    const stream = bytesOf(`\vgood\x1c\r\v${'x'.repeat(11)}\x1c\r\vfine\x1c\r`);
    for (let at = 0; at <= stream.length; at++) {
      const events = told(decode([stream.subarray(0, at), stream.subarray(at)], 10));
      expect(events).toEqual(['frame good', `too-large 11 ${'x'.repeat(11)}`, 'frame fine']);
    }
  });

  it('accepts exactly the limit, also when the end is cut in two', () => {
    const stream = bytesOf('\v0123456789\x1c\r');
    for (let at = 0; at <= stream.length; at++) {
      expect(told(decode([stream.subarray(0, at), stream.subarray(at)], 10))).toEqual(['frame 0123456789']);
    }
  });

  it('keeps only the head of an oversized block, however it arrives', () => {
    for (const chunkBytes of [1000, 8192, 100_000]) {
      const decoder = new FrameDecoder({ frameBytesMax });
      decoder.push(bytesOf('\v'));
      let sent = 0;
      for (let n = 0; n < 50; n++) {
        decoder.push(Buffer.alloc(chunkBytes, 0x41 + (n % 20)));
        sent += chunkBytes;
        if (sent > frameBytesMax + 1) expect(decoder.bufferedBytes).toBe(8192);
      }
      const [event] = decoder.push(bytesOf('\x1c\r'));
      if (sent <= frameBytesMax) {
        expect(event?.kind).toBe('frame');
        continue;
      }
      expect(event).toMatchObject({ kind: 'too-large', sizeBytes: sent });
      expect(event?.kind === 'too-large' && Buffer.from(event.head).equals(expectedHead(chunkBytes))).toBe(true);
    }
  });

  it('holds nothing while 100 MB of garbage pass', () => {
    const decoder = new FrameDecoder({ frameBytesMax });
    const garbage = Buffer.alloc(1024 * 1024, 0x41);
    for (let n = 0; n < 100; n++) decoder.push(garbage);
    expect(decoder.bufferedBytes).toBe(0);
    expect(decoder.noiseBytes).toBe(100 * 1024 * 1024);
  });

  it('gives a block bytes of its own: the chunk may be reused', () => {
    const chunk = bytesOf('\vabc\x1c\r');
    const events = decode([chunk]);
    chunk.fill(0);
    expect(told(events)).toEqual(['frame abc']);
  });

  it('is never given a block with an end in it', () => {
    expect(() => encodeFrame(bytesOf('a\x1c\rb'))).toThrow(RangeError);
    expect(() => encodeFrame(bytesOf('a\x1c'))).toThrow(RangeError);
    expect(told(decode([encodeFrame(bytesOf('a\x1cb'))]))).toEqual(['frame a\x1cb\r']);
  });

  it('says the same for any chunking of any bytes', () => {
    const byte = fc.constantFrom(0x0b, 0x1c, 0x0d, 0x41, 0x42);
    const stream = fc.array(fc.array(byte, { maxLength: 12 }), { maxLength: 12 });
    fc.assert(
      fc.property(stream, fc.integer({ min: 0, max: 8 }), (parts, limit) => {
        const chunks = parts.map((part) => Uint8Array.from(part));
        expect(told(decode(chunks, limit))).toEqual(told(decode([Uint8Array.from(parts.flat())], limit)));
      }),
    );
  });

  it('gives back any message without an end block in it, with its final CR', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (bodies) => {
        const whole = bodies.map((one) => Buffer.from(one.filter((byte) => byte !== 0x1c)));
        const events = decode(whole.map((one) => encodeFrame(one)));
        const expected = whole.map((one) => `frame ${one.toString('latin1')}${one.at(-1) === 0x0d ? '' : '\r'}`);
        expect(told(events)).toEqual(expected);
      }),
    );
  });
});

function expectedHead(chunkBytes: number): Buffer {
  const head = Buffer.alloc(8192);
  for (let at = 0; at < head.length; at++) head[at] = 0x41 + (Math.floor(at / chunkBytes) % 20);
  return head;
}
