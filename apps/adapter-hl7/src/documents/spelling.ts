import { isUtf8 } from 'node:buffer';
import type { DetachedForm } from '@anamnesis/core';
import { encapsulatedBase64 } from '@anamnesis/fhir';
import { decodeText, type Message, unescapeText } from '@anamnesis/hl7v2';
import { sliceBytes, slicesOf, slowly } from './slices.js';

/** How the value of a document is written, if that is its only way to be written. */
export async function formOf(value: Uint8Array, encoding: string): Promise<DetachedForm> {
  switch (encoding.trim().toUpperCase()) {
    case 'BASE64':
      return (await isSpelled(value, 'base64')) ? 'base64' : 'as-sent';
    case 'HEX':
      if (await isSpelled(value, 'hex')) return 'hex';
      return (await isSpelled(value, 'hex-upper')) ? 'hex-upper' : 'as-sent';
    default:
      return 'as-sent';
  }
}

/** What is stored of a value, piece by piece. */
export function* storedPieces(value: Uint8Array, form: DetachedForm): Generator<Buffer> {
  for (const slice of slicesOf(value)) yield form === 'as-sent' ? slice : decoded(slice, form);
}

/** Does the value come out again, byte by byte, of what it encodes? */
async function isSpelled(value: Uint8Array, form: Exclude<DetachedForm, 'as-sent'>): Promise<boolean> {
  let left = value.length;
  for await (const slice of slowly(slicesOf(value))) {
    left -= slice.length;
    const bytes = decoded(slice, form);
    // Padding in the middle would be lost where the pieces are joined.
    const isWhole = left === 0 || bytes.length === (form === 'base64' ? (sliceBytes / 4) * 3 : sliceBytes / 2);
    if (!isWhole || encoded(bytes, form) !== slice.toString('latin1')) return false;
  }
  return true;
}

function decoded(slice: Buffer, form: Exclude<DetachedForm, 'as-sent'>): Buffer {
  return Buffer.from(slice.toString('latin1'), form === 'base64' ? 'base64' : 'hex');
}

function encoded(bytes: Buffer, form: Exclude<DetachedForm, 'as-sent'>): string {
  const text = bytes.toString(form === 'base64' ? 'base64' : 'hex');
  return form === 'hex-upper' ? text.toUpperCase() : text;
}

/** Is a document sent as plain text the value itself, in the one character set that documents are kept in? */
export function isPlain(value: Uint8Array, encoding: string, { delimiters, charset }: Message): boolean {
  if (!['', 'A'].includes(encoding.trim().toUpperCase())) return false;
  const isEscaped = delimiters.escape !== undefined && value.includes(delimiters.escape.charCodeAt(0));
  return !isEscaped && (charset.name === 'utf-8' || charset.name === 'ascii') && isUtf8(value);
}

/**
 * The document in a value that can be written in several ways: with escape sequences, with blanks, in another character
 * set. All of it at once, which is rare. Undefined where it is not what ED.4 says.
 */
export function documentIn(value: Uint8Array, encoding: string, { delimiters, charset }: Message): Buffer | undefined {
  const sent = decodeText(value, charset.name);
  if (sent === undefined) return undefined;
  const base64 = encapsulatedBase64(unescapeText(sent, delimiters, { charset: charset.name }), encoding);
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}
