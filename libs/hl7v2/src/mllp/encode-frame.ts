import { blockEnd, carriageReturn, endBlock, startBlock } from './frame-bytes.js';

/**
 * `0x0B` message `0x1C 0x0D` (F3); a message without its final CR gets one. Throws `RangeError` for one that has the
 * end of a block in it, since the receiver would read two.
 */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const isEnded = message.at(-1) === carriageReturn;
  const frame = new Uint8Array(message.length + (isEnded ? 3 : 4));
  frame[0] = startBlock;
  frame.set(message, 1);
  if (!isEnded) frame[message.length + 1] = carriageReturn;
  frame[frame.length - 2] = endBlock;
  frame[frame.length - 1] = carriageReturn;
  if (Buffer.from(frame.buffer).indexOf(blockEnd) !== frame.length - 2)
    throw new RangeError('a block cannot contain its own end');
  return frame;
}
