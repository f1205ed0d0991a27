/**
 * XORs the bytes in place with the keystream of RC4 (RFC 6229): decrypts and encrypts. Not in Node.js, whose OpenSSL has it no
 * more; files of others are still written with it.
 */
export function rc4(key: Uint8Array, bytes: Uint8Array): void {
  const state = scheduled(key);
  let [i, j] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    i = (i + 1) & 0xff;
    const a = state[i] ?? 0;
    j = (j + a) & 0xff;
    const b = state[j] ?? 0;
    state[i] = b;
    state[j] = a;
    bytes[at] = (bytes[at] ?? 0) ^ (state[(a + b) & 0xff] ?? 0);
  }
}

function scheduled(key: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, at) => at);
  let j = 0;
  for (let i = 0; i < state.length; i++) {
    const a = state[i] ?? 0;
    j = (j + a + (key[i % key.length] ?? 0)) & 0xff;
    state[i] = state[j] ?? 0;
    state[j] = a;
  }
  return state;
}
