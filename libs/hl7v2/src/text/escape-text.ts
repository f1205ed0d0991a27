import type { Delimiters } from '../message/delimiters.js';

const tables = new WeakMap<Delimiters, ReadonlyMap<string, string>>();

/**
 * Writes text so that it can stand in a subcomponent: the message's own delimiters become `\F\ \S\ \T\ \R\ \E\ \P\`, CR, LF
 * and the bytes that frame a block become `\X..\`. Without an escape character (MSH-2 shorter than three) a delimiter becomes a space.
 */
export function escapeText(text: string, delimiters: Delimiters): string {
  const table = tableOf(delimiters);
  let escaped = '';
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    const replacement = table.get(text.charAt(at));
    if (replacement === undefined) continue;
    escaped += text.slice(done, at) + replacement;
    done = at + 1;
  }
  return done === 0 ? text : escaped + text.slice(done);
}

function tableOf(delimiters: Delimiters): ReadonlyMap<string, string> {
  const known = tables.get(delimiters);
  if (known !== undefined) return known;
  const { escape } = delimiters;
  const table = new Map<string, string>();
  const add = (character: string | undefined, code: string): void => {
    if (character === undefined || character === '') return;
    table.set(character, escape === undefined ? ' ' : `${escape}${code}${escape}`);
  };
  add('\r', 'X0D');
  add('\n', 'X0A');
  add('\v', 'X0B');
  add('\x1C', 'X1C');
  add(delimiters.field, 'F');
  add(delimiters.component, 'S');
  add(delimiters.subcomponent, 'T');
  add(delimiters.repetition, 'R');
  add(delimiters.truncation, 'P');
  add(escape, 'E');
  tables.set(delimiters, table);
  return table;
}
