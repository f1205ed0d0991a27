import { Rejected } from '@anamnesis/core';

/** A string of JSON, or what may stand between its tokens. */
const stringOrSpace = /"[^"\\]*(?:\\.[^"\\]*)*"|[ \t\n\r]+/g;

/**
 * Reads JSON of which every reader makes the same. A member that an object has twice, a number that not all can hold
 * (`1.00000000000000000001`) or that has another spelling (`1.0`, `-0`): what one reader checks is then not what another
 * one shows. Layout is free, and so is how a string spells its characters. Throws `Rejected('invalid-evidence')`.
 */
export function parsePlainJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (JSON.stringify(value) === withoutLayout(text)) return value;
  } catch (error) {
    const what = error instanceof RangeError ? 'too deep to be read' : 'not JSON';
    throw new Rejected('invalid-evidence', what, { cause: error });
  }
  throw new Rejected('invalid-evidence', 'says a member twice, or a number in another spelling than the plain one');
}

/** Each string in the spelling of `JSON.stringify`. */
function withoutLayout(text: string): string {
  return text.replaceAll(stringOrSpace, (part) => (part.startsWith('"') ? JSON.stringify(JSON.parse(part)) : ''));
}
