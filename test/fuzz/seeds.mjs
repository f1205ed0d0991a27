// Invented beginnings for each target; the first byte of an input chooses (targets.mjs).
const message = [
  'MSH|^~\\&|LAB|SOUTH|A|B|20260102||ORU^R01|S-7|P|2.5||||||',
  'PID|1||88^^^SOUTH^MR~9&x||TESTPATIENT^TOM^""|||M',
  'OBX|1|FT|note||a\\.br\\b\\H\\c\\N\\ \\S\\ \\X41\\ \\M2442\\;3\\C2842\\\\Z1\\||||||F',
  '',
].join('\r');
const japanese = Buffer.from('PID|1||7||\x1b$BF|K\\\x1b(B^\xe9\x1b-L\xb8|next\rPV1|1|I\r', 'latin1');

export const seeds = {
  frames: ['\x03\x0bMSH|^~\\&|\r\x1c\r\x0bx\x1c\x1c\r', '\x00noise\x0ba\x1cb\x0bc\r\x1c\r', '\xffplain\r'].map(bytesOf),
  message: [
    bytesOf(`\x80${message}`),
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((choice) => Buffer.concat([Buffer.from([choice]), japanese])),
    bytesOf(`\x80${message.replaceAll('|', '#').replaceAll('\r', '\r\n')}`),
  ],
  charset: [
    ...Array.from({ length: 14 }, (_, choice) => Buffer.from([choice, 0x61, 0xc4, 0xa1, 0x8e, 0xa2, 0xa1, 0xa1, 0x5c])),
    Buffer.concat([Buffer.from([12]), japanese]),
  ],
};

function bytesOf(text) {
  return Buffer.from(text, 'latin1');
}
