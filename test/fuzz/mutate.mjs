/** Pieces that random bytes rarely make. */
const words = [
  '\x0b',
  '\x1c\r',
  '\r',
  '\n',
  '|',
  '^',
  '~',
  '&',
  '\\',
  '\\X',
  '\\F\\',
  '\\.br\\',
  '\\M2442\\',
  '\\C2842\\',
];
const tokens = [...words, '\x1b$B', '\x1b(B', '\x1b-A', '""', 'MSH|^~\\&|', 'PID|', '\xef\xbb\xbf', '\xe1\x80\xb1'].map(
  (one) => Buffer.from(one, 'latin1'),
);
const bytesMax = 4096;

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A changed copy of an input: bytes put, dropped, copied, a token set in, or the end of another input. */
export function mutate(input, other, random) {
  let bytes = Buffer.from(input);
  for (let left = 1 + random(6); left > 0; left--) {
    const at = random(bytes.length + 1);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const changes = [
      () => Buffer.concat([before, Buffer.from([random(256)]), after.subarray(1)]),
      () => Buffer.concat([before, after.subarray(random(16))]),
      () => Buffer.concat([before, tokens[random(tokens.length)], after.subarray(random(2))]),
      () => Buffer.concat([before, bytes.subarray(at, at + random(32)), after]),
      () => Buffer.concat([before, other.subarray(random(other.length + 1))]),
    ];
    bytes = changes[random(changes.length)]();
  }
  return bytes.subarray(0, bytesMax);
}
