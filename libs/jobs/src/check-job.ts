import { Rejected } from '@anamnesis/core';
import { type AddOptions, type JsonValue, payloadBytesMax } from './jobs.js';

const nameLengthMax = 200;

/** What every backend stores: the payload as text. Throws `Rejected` on its size, `TypeError` on what no caller means. */
export function checkJob(name: string, payload: JsonValue, { id, notBefore }: AddOptions): string {
  for (const one of [name, id])
    if (one === '' || one.length > nameLengthMax)
      throw new TypeError(`names and ids have 1 to ${nameLengthMax} characters`);
  if (id.startsWith('@')) throw new TypeError('ids with @ in front are reserved');
  if (notBefore !== undefined && Number.isNaN(notBefore.getTime())) throw new TypeError('notBefore is no time');
  const text = JSON.stringify(payload);
  const bytes = Buffer.byteLength(text);
  if (bytes > payloadBytesMax) throw new Rejected('record-too-large', `${bytes} bytes, at most ${payloadBytesMax}`);
  return text;
}
