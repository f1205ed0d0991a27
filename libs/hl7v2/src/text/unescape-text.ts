import type { Delimiters } from '../message/delimiters.js';

export interface UnescapeOptions {
  /** Read as FT: `\.br\` is a newline, highlighting is dropped. */
  readonly isFormatted?: boolean;
  /** Canonical name of the charset that `\X..\` bytes are in; UTF-8 when absent. */
  readonly charset?: string;
}

/** Undoes `escapeText`. What is unknown or unterminated stays as it is. */
export function unescapeText(text: string, _delimiters: Delimiters, _options: UnescapeOptions = {}): string {
  return text;
}
