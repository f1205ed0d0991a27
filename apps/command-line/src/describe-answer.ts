import { parseMessage, readHeader, type Segment } from '@anamnesis/hl7v2';

/**
 * What became of a message that was sent, its first word what it counts as: `AA`; the negative code with the condition and
 * place of the first error; `another` for an answer that is to another message (MSA-2), `none` for one that is none.
 */
export function describeAnswer(sent: Uint8Array, answer: Uint8Array): string {
  const message = parseMessage(answer);
  const msa = message.first('MSA');
  if (msa === undefined) return 'none: what came has no MSA';
  const code = msa.field(1).text();
  if (!isOf(sent, msa)) return `another: ${code} to ${msa.field(2).text() || 'no message'}`;
  const error = message.first('ERR');
  const condition = error === undefined ? '' : ` ${error.field(3).text() || error.field(1).text(1, 1)}`;
  const text = error?.field(8).text() ?? '';
  return `${code}${condition}${text === '' ? '' : ` (${text})`}`;
}

/** MSA-2 is MSH-10, byte by byte or as text: a listener with delimiters or a character set of its own writes it its way. */
function isOf(sent: Uint8Array, msa: Segment): boolean {
  const header = readHeader(sent);
  const wire = header?.wire?.controlId;
  if (header === undefined || wire === undefined) return true;
  return Buffer.compare(wire, msa.field(2).bytes) === 0 || header.controlId === msa.field(2).text();
}
