import { lineEnd } from './find-msh.js';

const [carriageReturn, lineFeed] = [0x0d, 0x0a];

/**
 * The message that was sent in these fragments (v2.9 §2.10.2), given in their order: the first without its DSC, then of
 * each other one what follows its MSH, again without DSC. `ADD|` and the line end before it go, so that what follows
 * continues the field that was cut, separators included. Nothing else is changed; segments end with CR.
 */
export function assembleFragments(fragments: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [at, fragment] of fragments.entries()) {
    for (const line of linesOf(fragment)) {
      const name = nameOf(line);
      if (name === 'DSC' || (name === 'MSH' && at > 0)) continue;
      if (name === 'ADD' && at > 0) parts.push(line.subarray('ADD|'.length));
      else parts.push(...(parts.length === 0 ? [] : [Uint8Array.of(carriageReturn)]), line);
    }
  }
  return new Uint8Array(Buffer.concat([...parts, Uint8Array.of(carriageReturn)]));
}

/** Does the message go on where another one was cut inside of a field: is the segment after MSH an ADD? */
export function beginsWithAddendum(fragment: Uint8Array): boolean {
  const second = linesOf(fragment)[1];
  return second !== undefined && nameOf(second) === 'ADD';
}

function linesOf(bytes: Uint8Array): readonly Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: Buffer[] = [];
  for (let at = 0; at < buffer.length;) {
    const end = lineEnd(buffer, at);
    if (end > at) lines.push(buffer.subarray(at, end));
    at = end + 1;
    if (buffer[end] === carriageReturn && buffer[at] === lineFeed) at++;
  }
  return lines;
}

/** The three letters before a separator or the end; a line that begins no segment has none. */
function nameOf(line: Buffer): string {
  const next = line[3];
  const isSegment = next === undefined || !/[A-Za-z0-9 ]/.test(String.fromCharCode(next));
  return isSegment ? line.toString('latin1', 0, 3) : '';
}
