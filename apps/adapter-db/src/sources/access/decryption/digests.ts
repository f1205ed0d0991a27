import { hash } from 'node:crypto';

/** Of what was given one after the other. `algorithm`: as Node.js names it. */
export function digestOf(algorithm: string, ...parts: readonly Uint8Array[]): Buffer {
  return hash(algorithm, Buffer.concat(parts), 'buffer');
}

/** Hashes again and again, each time with the number of the time before it ([MS-OFFCRYPTO] 2.3.4.7, 2.3.4.11). */
export function spun(algorithm: string, first: Uint8Array, times: number): Buffer {
  const input = Buffer.alloc(4 + first.length);
  input.set(first, 4);
  for (let time = 0; time < times; time++) {
    input.writeUInt32LE(time, 0);
    input.set(hash(algorithm, input, 'buffer'), 4);
  }
  return input.subarray(4);
}

/** Cut off, or with this byte behind it. */
export function toLength(bytes: Uint8Array, length: number, filler = 0): Buffer {
  const made = Buffer.alloc(length, filler);
  made.set(bytes.subarray(0, length));
  return made;
}
