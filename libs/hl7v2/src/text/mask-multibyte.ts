/** Sizes of the characters of a set in which a trailing byte may look like a delimiter. */
export type CharacterSize = (buffer: Uint8Array, at: number) => number;

const isTrail = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x40 && byte !== 0x7f;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

export const multibyteSets: ReadonlyMap<string, CharacterSize> = new Map<string, CharacterSize>([
  [
    'shift_jis',
    (buffer, at) => {
      const lead = buffer[at] ?? 0;
      const isLead = (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc);
      return isLead && isTrail(buffer[at + 1]) ? 2 : 1;
    },
  ],
  ['big5', (buffer, at) => ((buffer[at] ?? 0) >= 0x81 && isTrail(buffer[at + 1]) ? 2 : 1)],
  [
    'gb18030',
    (buffer, at) => {
      if ((buffer[at] ?? 0) < 0x81) return 1;
      if (isDigit(buffer[at + 1]) && (buffer[at + 2] ?? 0) >= 0x81 && isDigit(buffer[at + 3])) return 4;
      return isTrail(buffer[at + 1]) ? 2 : 1;
    },
  ],
]);

/** A copy for finding delimiters in: every byte of a character of several bytes is 0xFF. Offsets stay the same. */
export function maskMultibyte(buffer: Uint8Array, sizeOf: CharacterSize): Uint8Array {
  const masked = new Uint8Array(buffer);
  for (let at = 0; at < masked.length;) {
    const size = (buffer[at] ?? 0) < 0x80 ? 1 : sizeOf(buffer, at);
    if (size > 1) masked.fill(0xff, at, at + size);
    at += size;
  }
  return masked;
}
