import { encodeFrame } from '@anamnesis/hl7v2';

const [endBlock, carriageReturn, space] = [0x1c, 0x0d, 0x20];

/** An answer as a block. A control id that ends in 0x1C would, at the end of MSA, end the block of our answer. */
export function frameAnswer(answer: Uint8Array): Uint8Array {
  if (!answer.includes(endBlock)) return encodeFrame(answer);
  const isEnd = (byte: number, next: number | undefined) =>
    byte === endBlock && (next === undefined || next === carriageReturn);
  return encodeFrame(answer.map((byte, at) => (isEnd(byte, answer[at + 1]) ? space : byte)));
}
