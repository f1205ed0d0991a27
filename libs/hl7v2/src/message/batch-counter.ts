import type { ErrorCondition } from './message-error.js';
import { isSeparator } from './read-delimiters.js';

/** Segments that say where messages and batches begin and end. */
export type BatchMark = 'FHS' | 'BHS' | 'MSH' | 'BTS' | 'FTS';

/** Of a line, from its first four bytes; undefined for any other segment. */
export function markOf(line: Uint8Array): BatchMark | undefined {
  if (line.length > 3 && !isSeparator(line[3])) return undefined;
  const name = String.fromCharCode(...line.subarray(0, 3));
  switch (name) {
    case 'MSH':
      return line.length > 3 ? name : undefined; // without MSH-1 it begins no message
    case 'FHS':
    case 'BHS':
    case 'BTS':
    case 'FTS':
      return name;
    default:
      return undefined;
  }
}

/** Counts messages and batches as they pass, and compares with what BTS-1 and FTS-1 say. */
export class BatchCounter {
  #batches = 0;
  #messages = 0;
  /** The open batch was opened by BHS, so FTS-1 counts it even without BTS. */
  #isOpen = false;

  /** What is wrong with this line's count; undefined when nothing is, or it says none. */
  take(mark: BatchMark, line: Uint8Array): ErrorCondition | undefined {
    switch (mark) {
      case 'FHS':
        return undefined;
      case 'MSH':
        if (!this.#isOpen) this.#open();
        this.#messages++;
        return undefined;
      case 'BHS':
        this.#open();
        return undefined;
      case 'BTS':
        if (!this.#isOpen) this.#open();
        this.#isOpen = false;
        return compare(mark, line, this.#messages);
      case 'FTS':
        return compare(mark, line, this.#batches);
    }
  }

  #open(): void {
    this.#batches++;
    this.#messages = 0;
    this.#isOpen = true;
  }
}

function compare(segment: 'BTS' | 'FTS', line: Uint8Array, counted: number): ErrorCondition | undefined {
  const declared = /^\d+/.exec(Buffer.from(line.subarray(4, 24)).toString('latin1'))?.[0];
  if (declared === undefined || Number(declared) === counted) return undefined;
  const location = { segment, position: 1, field: 1 };
  const said = `${Number(declared)} was said, ${counted} ${counted === 1 ? 'is' : 'are'} there`;
  return { code: 207, location, text: `${segment}-1 does not agree with what was counted: ${said}` };
}
