/** Strict: undefined when a byte means nothing in the set. `charset` is a canonical name. */
export function decodeText(_bytes: Uint8Array, _charset: string): string | undefined {
  return undefined;
}

/** Strict: undefined when the set lacks a character. */
export function encodeText(_text: string, _charset: string): Uint8Array | undefined {
  return undefined;
}
