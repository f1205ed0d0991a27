import { type Digest, digestBytes } from '@anamnesis/core';
import { openNote, strictBase64, type VerifierKey } from './signed-note.js';

/** The log's signed statement of itself: C2SP tlog-checkpoint. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Digest;
}

/** The text that is signed: three lines and no extension. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** The checkpoint in a note that this key signed and whose origin is the key's name; undefined for any other note. */
export function openCheckpoint(note: string, key: VerifierKey): Checkpoint | undefined {
  const text = openNote(note, key);
  const [, origin, size, encoded] = /^(\S+)\n(0|[1-9]\d{0,15})\n(\S+)\n$/.exec(text ?? '') ?? [];
  const root = strictBase64(encoded ?? '');
  if (origin !== key.name || root?.length !== digestBytes || !Number.isSafeInteger(Number(size))) return undefined;
  return { origin, size: Number(size), root };
}
