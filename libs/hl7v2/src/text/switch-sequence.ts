import { type Iso2022State, switches } from './iso-2022-sets.js';

/** `\C2842\`, `\M2442\`, `\M242844\`: what follows ESC in ISO 2022, in hexadecimal (v2.9 §2.7.2). */
const pattern = /^[CM]((?:[0-9A-Fa-f]{2}){2,3})$/;

/** What the body of an escape sequence switches; undefined when it is no switch, or to no set known here. */
export function switchOf(body: string): Partial<Iso2022State> | undefined {
  const digits = pattern.exec(body)?.[1];
  return digits === undefined ? undefined : switches.get(Buffer.from(digits, 'hex').toString('latin1'));
}

/** Whether a message switches anywhere by `\C..\` or `\M..\`. */
export function hasSwitches(buffer: Buffer, escape: string | undefined): boolean {
  if (escape === undefined) return false;
  return hasOf(buffer, escape, `${escape}C`) || hasOf(buffer, escape, `${escape}M`);
}

function hasOf(buffer: Buffer, escape: string, start: string): boolean {
  for (let at = buffer.indexOf(start, 0, 'latin1'); at >= 0; at = buffer.indexOf(start, at + 1, 'latin1')) {
    const close = buffer.indexOf(escape, at + 1, 'latin1');
    if (close < 0) return false;
    if (close - at <= 8 && switchOf(buffer.toString('latin1', at + 1, close)) !== undefined) return true;
  }
  return false;
}
