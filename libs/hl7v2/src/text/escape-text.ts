import type { Delimiters } from '../message/delimiters.js';

/** Writes text so that it can stand in a field. */
export function escapeText(text: string, _delimiters: Delimiters): string {
  return text;
}
