import type { Delimiters } from './delimiters.js';
import { MessageError } from './message-error.js';
import type { Warning } from './warning.js';

const msh = { segment: 'MSH', position: 1 } as const;
const encodingCharactersMax = 5;

/** What nearly everybody separates by. */
const usual: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: undefined,
};

/** Whether the byte can separate: printable ASCII, no letter or digit. */
export function isSeparator(byte: number | undefined): byte is number {
  if (byte === undefined || byte <= 0x20 || byte >= 0x7f) return false;
  return !/[0-9A-Za-z]/.test(String.fromCharCode(byte));
}

/** Reads MSH-1 and MSH-2 of the MSH that begins at `at` (C1). Throws `MessageError` when nothing can be told apart by them. */
export function readDelimiters(buffer: Buffer, at: number, warnings: Warning[]): Delimiters {
  const separator = buffer[at + 3];
  if (!isSeparator(separator)) {
    throw new MessageError({
      code: 102,
      location: { ...msh, field: 1 },
      text: 'the field separator is missing or unusable',
    });
  }
  const text = encodingText(buffer, at + 4, separator);
  return separator === 0x7c && text === '^~\\&' ? usual : delimitersIn(text, separator, warnings);
}

function delimitersIn(text: string, separator: number, warnings: Warning[]): Delimiters {
  const [component, repetition = '', ...others] = text.slice(0, encodingCharactersMax);
  const location = { ...msh, field: 2 };
  if (component === undefined) throw new MessageError({ code: 101, location, text: 'encoding characters are missing' });
  const isUsable = isSeparator(component.charCodeAt(0)) && (repetition === '' || isSeparator(repetition.charCodeAt(0)));
  if (!isUsable || component === repetition) {
    throw new MessageError({ code: 102, location, text: 'encoding characters are unusable' });
  }
  if (text.length > encodingCharactersMax) warnings.push(oddity(location));
  const taken = new Set([String.fromCharCode(separator), component, repetition]);
  const [escape, subcomponent, truncation] = others.map((one) => {
    const isGood = isSeparator(one.charCodeAt(0)) && !taken.has(one);
    if (!isGood) warnings.push(oddity(location));
    taken.add(one);
    return isGood ? one : undefined;
  });
  return { field: String.fromCharCode(separator), component, repetition, escape, subcomponent, truncation };
}

function encodingText(buffer: Buffer, start: number, separator: number): string {
  let end = start;
  for (
    let byte = buffer[end];
    byte !== undefined && byte !== separator && byte !== 0x0d && byte !== 0x0a;
    byte = buffer[end]
  )
    end++;
  return buffer.toString('latin1', start, end);
}

function oddity(location: Warning['location'] & object): Warning {
  return { code: 'encoding-characters', location, text: 'a character of MSH-2 is repeated, unusable or one too many' };
}
