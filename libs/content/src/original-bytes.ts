import type { DetachedPart } from '@anamnesis/core';

/** Bytes of a document in one piece of its spelling: whole groups of base64, whole digits. */
const groupBytes = 3;

/**
 * A message as it was received, piece by piece: what was left of it, with every value that was taken out in its place
 * again. `read` gives the stored bytes of a digest in pieces of any size, and its faults come through.
 */
export async function* originalBytes(
  rest: Uint8Array,
  parts: readonly DetachedPart[],
  read: (digest: string) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const part of parts) {
    yield rest.subarray(from, part.at);
    from = part.at;
    yield* spelled(read(part.digest), part.form);
  }
  yield rest.subarray(from);
}

async function* spelled(pieces: AsyncIterable<Uint8Array>, form: DetachedPart['form']): AsyncGenerator<Uint8Array> {
  if (form === 'base64') {
    for await (const text of base64Of(pieces)) yield Buffer.from(text, 'latin1');
    return;
  }
  for await (const piece of pieces) yield form === 'as-sent' ? piece : Buffer.from(hexOf(piece, form), 'latin1');
}

/** Bytes as base64, in pieces that joined are the one base64 of all. */
export async function* base64Of(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const all =
      held.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat([held, piece]);
    const whole = all.length - (all.length % groupBytes);
    yield all.toString('base64', 0, whole);
    held = all.subarray(whole);
  }
  if (held.length > 0) yield held.toString('base64');
}

function hexOf(piece: Uint8Array, form: 'hex' | 'hex-upper'): string {
  const digits = Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('hex');
  return form === 'hex' ? digits : digits.toUpperCase();
}
