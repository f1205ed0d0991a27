const alphabet = Buffer.from('abcdefghijklmnopqrstuvwxyz234567');

/** RFC 4648 §6 in lower case, without padding: 5 bits a character, safe in URLs, file names and log lines. */
export function base32(bytes: Uint8Array): string {
  const letters = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  let [at, bits, held] = [0, 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) letters[at++] = alphabet[(held >>> (bits - 5)) & 31] ?? 0;
    held &= (1 << bits) - 1;
  }
  if (bits > 0) letters[at] = alphabet[(held << (5 - bits)) & 31] ?? 0;
  return letters.toString('latin1');
}
