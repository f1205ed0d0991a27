import { eventTypes, headerBytes, headerOf } from './log-event.js';

const uint32 = 2 ** 32;

/**
 * Where in the log the events stand that were seen. They say it in 32 bits, and a file is longer than that where one
 * transaction is: it is counted on from the event before.
 */
export class LogCursor {
  constructor(private place: { readonly file: string; readonly offset: number }) {}

  get file(): string {
    return this.place.file;
  }

  /** After the last event. */
  get offset(): number {
    return this.place.offset;
  }

  /** The next event of the connection, from its header on. */
  see(event: Buffer): void {
    const { type, length, end, isArtificial } = headerOf(event);
    if (type === eventTypes.rotate) {
      const body = event.subarray(headerBytes);
      this.place = { file: fileNameOf(body.subarray(8).toString('latin1')), offset: Number(body.readBigUInt64LE(0)) };
      return;
    }
    const isInFile = !isArtificial && type !== eventTypes.heartbeat && type !== eventTypes.heartbeatV2;
    // Of a file that is read from its middle on the format comes first, too, without a place.
    if (!isInFile || (type === eventTypes.formatDescription && end === 0)) return;
    const expected = this.place.offset + length;
    this.place = { file: this.place.file, offset: end === 0 ? expected : nearest(expected, end) };
  }
}

/** The number nearest to `expected` with these lower 32 bits. */
function nearest(expected: number, lower: number): number {
  const ahead = (((lower - expected) % uint32) + uint32) % uint32;
  return expected + (ahead < uint32 / 2 ? ahead : ahead - uint32);
}

/** The event has no length of the name, and may have a checksum behind it. */
function fileNameOf(name: string): string {
  return /^.*?\.\d{6}/s.exec(name)?.[0] ?? name;
}
