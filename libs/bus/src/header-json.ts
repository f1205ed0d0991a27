const openBrace = 0x7b;

/** The JSON that headers were read from. Headers are never changed, so that it stays true. */
const readFrom = new WeakMap<object, Uint8Array>();

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the JSON of a header. Throws `SyntaxError`, or `TypeError` for what is no UTF-8. */
export function parseHeader(json: Uint8Array): Record<string, unknown> {
  const header = JSON.parse(utf8.decode(json)) as Record<string, unknown>;
  // A byte order mark is no part of the text, and would be one inside another.
  if (json[0] === openBrace) readFrom.set(header, json);
  return header;
}

/**
 * The JSON of a header, in pieces. A header that came from the bus, or a member that did, goes on in the bytes in which it
 * came: writing it anew costs as much as reading it.
 */
export function headerJson(header: object): readonly (string | Uint8Array)[] {
  const own = readFrom.get(header);
  if (own !== undefined) return [own];
  const members = Object.entries(header) as readonly (readonly [string, unknown])[];
  if (!members.some(([, value]) => cameAs(value) !== undefined)) return [JSON.stringify(header)];
  const pieces: (string | Uint8Array)[] = [];
  for (const [name, value] of members) {
    const json = cameAs(value) ?? (JSON.stringify(value) as string | undefined);
    // As in `JSON.stringify`, what is undefined is not there.
    if (json !== undefined) pieces.push(`${pieces.length === 0 ? '{' : ','}${JSON.stringify(name)}:`, json);
  }
  return [...pieces, '}'];
}

function cameAs(value: unknown): Uint8Array | undefined {
  return typeof value === 'object' && value !== null ? readFrom.get(value) : undefined;
}

/** Bytes of such pieces in UTF-8. */
export function jsonBytes(pieces: readonly (string | Uint8Array)[]): number {
  return pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length), 0);
}

/** Writes such pieces, in UTF-8. */
export function writeJson(pieces: readonly (string | Uint8Array)[], into: Buffer, from: number): void {
  let at = from;
  for (const piece of pieces) {
    if (typeof piece === 'string') at += into.write(piece, at, 'utf8');
    else {
      into.set(piece, at);
      at += piece.length;
    }
  }
}
