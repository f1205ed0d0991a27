import { resolveCharset } from '../text/resolve-charset.js';
import { bufferOf } from '../text/text-codec.js';
import { standardDelimiters, type Delimiters } from './delimiters.js';
import { contentStart, declaredCharset, declaredSwitching, isMsh, lineEnd } from './find-msh.js';
import { MessageError } from './message-error.js';
import { headerOf } from './message-header.js';
import type { MessageHeader } from './message.js';
import { isSeparator, readDelimiters } from './read-delimiters.js';
import { splitSegments } from './split-segments.js';
import { Wire } from './wire.js';

/**
 * The MSH as far as it can be read, to answer what does not parse or the head of an oversized block. Fields that cannot be
 * decoded are ''; `wire.controlId` has MSH-10 even then. Looks for a later line that begins with MSH when the first does
 * not. Undefined when there is none. Never throws.
 */
export function readHeader(bytes: Uint8Array): MessageHeader | undefined {
  const buffer = bufferOf(bytes);
  const at = findMsh(buffer);
  if (at < 0) return undefined;
  const line = buffer.subarray(at, lineEnd(buffer, at));
  const delimiters = delimitersOf(line);
  if (delimiters === undefined) return undefined;
  const declared = declaredCharset(line, 0, delimiters.field);
  const { field, repetition: separator, escape } = delimiters;
  const charset = resolveCharset(line, { declared, separator, escape, switching: declaredSwitching(line, 0, field) });
  const wire = new Wire(line, delimiters, charset);
  const msh = splitSegments(wire, { start: 0, end: line.length }, []).segments[0];
  return msh === undefined ? undefined : headerOf(msh, { delimiters, charset }, []);
}

function findMsh(buffer: Buffer): number {
  const { at } = contentStart(buffer);
  if (isMsh(buffer, at)) return at;
  for (let found = buffer.indexOf('MSH'); found >= 0; found = buffer.indexOf('MSH', found + 1)) {
    const before = buffer[found - 1];
    if (before === 0x0d || before === 0x0a) return found;
  }
  return -1;
}

// With unusable encoding characters the field separator alone still finds MSH-10.
function delimitersOf(line: Buffer): Delimiters | undefined {
  const separator = line[3];
  if (!isSeparator(separator)) return undefined;
  try {
    return readDelimiters(line, 0, []);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    return { ...standardDelimiters, field: String.fromCharCode(separator) };
  }
}
