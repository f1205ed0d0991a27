import { decodeText, type Message, MessageError, parseMessage, type Segment, unescapeText } from '@anamnesis/hl7v2';
import { Hl7Message, type Hl7Segment } from '@medplum/core';

/** Every way in which @medplum/core may read the same bytes otherwise, and why that is right of us. */
export const reasons = {
  escape: 'they leave escape sequences in a value as they are; ours is their value unescaped',
  null: 'they give `""` as a value; here it is a delete indicator and no data (N6)',
  'line-joined': 'they begin a segment at every line; a line that begins none belongs to the field before it (F3)',
  'before-a-name': 'they keep blanks and control characters before a segment name as part of the name (F3)',
  'blank-line': 'they take a blank line, and what follows the last CR, for a segment without a name (F3)',
  undeclared: 'MSH-2 is shorter than four: they assume what it does not say (C1)',
  undecodable: 'they are given a text, so that somebody has to replace what means nothing; here it reads as empty (C5)',
  switched: 'they do not know escape sequences that switch the character set (C2)',
  refused: 'they read anything; bytes without MSH or with two, and delimiters that are none, are refused here (A4)',
} as const;
type Reason = keyof typeof reasons;

export interface Differences {
  equal: number;
  readonly byReason: Map<Reason, number>;
  /** Places, never values. */
  readonly unexplained: string[];
}

export function noDifferences(): Differences {
  return { equal: 0, byReason: new Map(), unexplained: [] };
}

/** Reads one message with both parsers and adds what differs, subcomponent by subcomponent. */
export function compare(bytes: Uint8Array, found: Differences): void {
  const message = read(bytes);
  if (message === undefined) {
    count(found, 'refused');
    return;
  }
  const whole = wholeReason(message);
  if (whole !== undefined) {
    count(found, whole);
    return;
  }
  const all = Hl7Message.parse(textOf(message)).segments;
  const theirs = all.filter(({ name }) => name.trim() !== '');
  if (all.length > theirs.length) count(found, 'blank-line');
  if (theirs.length !== message.segments.length) found.unexplained.push('number of segments');
  message.segments.forEach((segment, at) => {
    compareSegment({ message, segment, theirs: theirs[at] }, found);
  });
}

interface Pair {
  readonly message: Message;
  readonly segment: Segment;
  readonly theirs: Hl7Segment | undefined;
}

function read(bytes: Uint8Array): Message | undefined {
  try {
    return parseMessage(bytes);
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

function wholeReason({ warnings, delimiters, charset, bytes }: Message): Reason | undefined {
  if (warnings.some(({ code }) => code === 'line-joined')) return 'line-joined';
  if (delimiters.repetition === '' || delimiters.escape === undefined || delimiters.subcomponent === undefined)
    return 'undeclared';
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .trim()
    .split(/[\r\n]+/);
  if (lines.some((line) => line.charCodeAt(0) <= 0x20)) return 'before-a-name';
  return charset.isSwitching === true ? 'switched' : undefined;
}

/** As our own decoding gives it: what is compared is the parsing. */
function textOf({ bytes, charset }: Message): string {
  const text = decodeText(bytes, charset.name) ?? Buffer.from(bytes).toString('latin1');
  return text.replace(/^\uFEFF?\s*/, '');
}

function compareSegment({ message, segment, theirs }: Pair, found: Differences): void {
  if (theirs?.name !== segment.name) {
    found.unexplained.push(`${segment.name}: name of the segment`);
    return;
  }
  const definesDelimiters = segment.name === 'MSH';
  const theirCount = theirs.fields.length - (definesDelimiters ? 0 : 1);
  if (theirCount !== segment.fieldCount) found.unexplained.push(`${segment.name}: number of fields`);
  for (let n = definesDelimiters ? 3 : 1; n <= segment.fieldCount; n++) {
    compareField(message, { segment, n, theirs: theirs.getField(n).components }, found);
  }
}

function compareField(
  message: Message,
  { segment, n, theirs }: { readonly segment: Segment; readonly n: number; readonly theirs: string[][] },
  found: Differences,
): void {
  const field = segment.field(n);
  const place = `${segment.name}-${n}`;
  if (field.isUndecodable) {
    count(found, 'undecodable');
    return;
  }
  const { subcomponent = '' } = message.delimiters;
  const ours = field.repetitions.map((one) =>
    Array.from({ length: one.componentCount }, (_, at) => one.component(at + 1)),
  );
  // A field without a byte has no repetition here, and one empty one there.
  if (ours.length === 0) ours.push([]);
  if (ours.length !== theirs.length) found.unexplained.push(`${place}: number of repetitions`);
  theirs.forEach((components, repetition) => {
    components.forEach((component, at) => {
      component.split(subcomponent).forEach((value, sub) => {
        compareValue(message, { value, own: ours[repetition]?.[at]?.sub(sub + 1) ?? '', place }, found);
      });
    });
  });
}

function compareValue(
  { delimiters, charset }: Message,
  { value, own, place }: { readonly value: string; readonly own: string; readonly place: string },
  found: Differences,
): void {
  if (value === own) found.equal += 1;
  else if (value === '""' && own === '') count(found, 'null');
  else if (unescapeText(value, delimiters, { charset: charset.name }) === own) count(found, 'escape');
  else found.unexplained.push(`${place}: value`);
}

function count(found: Differences, reason: Reason): void {
  found.byReason.set(reason, (found.byReason.get(reason) ?? 0) + 1);
}
