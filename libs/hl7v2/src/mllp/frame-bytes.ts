/** MLLP release 1: block = `0x0B` data `0x1C 0x0D`. */
export const startBlock = 0x0b;
export const endBlock = 0x1c;
export const carriageReturn = 0x0d;
export const blockEnd = Uint8Array.of(endBlock, carriageReturn);
