import { type Message, parsePath, type Segment } from '@anamnesis/hl7v2';
import type { Draft } from './draft.js';

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** By its number: whether a field is read. */
type Fields = readonly (true | undefined)[];

function fieldsOf(numbers: Iterable<number>): Fields {
  const fields: (true | undefined)[] = [];
  for (const n of numbers) fields[n] = true;
  return fields;
}

/** Fields that a mapping reads, or that only number or frame what it reads. */
const read: ReadonlyMap<string, Fields> = new Map(
  Object.entries({
    MSH: range(1, 25),
    EVN: [1, 2, 6],
    PID: [...range(1, 9), 11, ...range(13, 21), ...range(23, 26), 28, 29, 30, 33, 40],
    PD1: [3, 4],
    NK1: [...range(1, 9), 13, 15, 16, ...range(30, 33), 40, 41],
    PV1: [...range(1, 11), ...range(13, 17), 19, ...range(36, 38), 42, 44, 45, 50, 52],
    PV2: [3, 8, 9],
    NPU: [1, 2],
    AL1: range(1, 6),
    IAM: [...range(1, 7), 11, 12, 13, 17, 27],
    DG1: [...range(1, 6), 15, 16, 19, 20, 21],
    PR1: [...range(1, 6), 8, 11, 12, 15, 19, 20],
    IN1: [1, 2, 3, 4, 8, 9, 12, 13, ...range(15, 19), 22, 36, 43, 49],
    GT1: [1, 2, 3, 11, 13, 14],
    FT1: [1, 2, 4, 5, 6, 7, 8, 10, 11, 19, 20, 24, 25],
    MRG: [1, 2, 3, 5, 6],
    ORC: [1, 2, 3, 4, 5, 7, 9, 12, 16, 29, 33],
    OBR: [1, 2, 3, 4, 5, 6, 11, ...range(13, 16), 24, 27, 29, 31, 46, 47, 53],
    OBX: [...range(1, 8), 11, ...range(14, 18), 20, 21, 23],
    PRB: [1, 2, 3, 4, 7, 9, 13, 14, 16, 17, 26],
    GOL: [1, 2, 3, 4, 7, 8, 16, 17, 18, 19],
    MFI: [1, 2, 3, 4, 5, 6],
    MFE: range(1, 5),
    STF: [1, 2, 3, 5, 6, 7, 10, 11, 15],
    PRA: [1, 6],
    LOC: range(1, 6),
    RF1: [1, 2, 3, 4, ...range(6, 11)],
    PRD: [1, 2, 7],
    NTE: [1, 2, 3],
    SPM: [1, 2, 3, 4, 7, 8, 17, 18, 31, 32],
    RXA: [...range(1, 3), 5, 6, 7, 9, 10, 11, ...range(15, 22), 27],
    TXA: [1, 2, 4, 6, 9, 10, 12, 13, 14, 16, 17, 18, 19, 22, 25],
    SCH: [1, 2, 6, 7, 8, 9, 10, 11, 12, 16, 20, 25, 26],
    RGS: [1, 2, 3],
    AIS: [1, 2, 3, 4, 7, 8],
    AIP: [1, 2, 3, 4, 6, 9, 10, 12],
    AIL: [1, 2, 3, 4, 6, 9, 10, 12],
    AIG: [1, 2, 3, 4, 8, 11, 12, 14],
    RXD: [...range(1, 7), 9, 10, 11, 15, 16, 17, 29, 30],
    RXG: [...range(1, 8), 13, ...range(15, 18), 23, 24],
    RXR: [1, 2, 4],
    RXO: [...range(1, 7), 9, ...range(11, 14), ...range(18, 22), 25, 26],
    RXE: [...range(1, 7), ...range(9, 13), 15, 21, ...range(23, 27), 33, 34],
    RXC: [...range(1, 6), 8, 9],
    TQ1: [1, 2, 3, 7, 8, 9, 10, 11, 14],
  }).map(([name, fields]) => [name, fieldsOf(fields)]),
);

/** What messages of results read of segments that orders have too. */
const ofResults: ReadonlyMap<string, Fields> = new Map([
  ['ORC', fieldsOf([1, 2, 3, 4, 5, 33])],
  ['OBR', fieldsOf([1, 2, 3, 4, 5, 7, 8, 11, 14, 15, 16, 22, 24, 25, 26, 29, 31, 32, 53])],
]);

/** And of what a dose given reads of an RXA, beside what a vaccine does. */
const ofAdministration = fieldsOf([...range(1, 10), 13, 14, ...range(18, 21), 23, 24, 27]);

/** A message of many patients is many events, and says the same in each. */
const known = new WeakMap<Message, readonly string[]>();

/** Lists what was sent and stays in the message only, so that nothing disappears without a word (fhir.md §11). */
export function warnUnmappedFields(draft: Draft): void {
  const { message } = draft;
  const found = known.get(message) ?? unmappedFields(message, zFields(draft));
  known.set(message, found);
  if (found.length > 0) draft.warn(`kept in the message only: ${found.join(' ')}`);
}

/** What the corrections file of the source reads, by segment. */
function zFields({ context: { zSegments = [] } }: Draft): ReadonlyMap<string, Fields> {
  const found = new Map<string, number[]>();
  for (const { from } of zSegments) {
    const path = parsePath(from);
    if (path === undefined) continue;
    const known = found.get(path.segment);
    if (known === undefined) found.set(path.segment, [path.field]);
    else known.push(path.field);
  }
  return new Map([...found].map(([segment, numbers]) => [segment, fieldsOf(numbers)]));
}

function unmappedFields(message: Message, ofSource: ReadonlyMap<string, Fields>): readonly string[] {
  const found = new Set<string>();
  const { messageCode } = message.header;
  for (const segment of message.segments) {
    const { name } = segment;
    const fields = ofMessage(name, messageCode) ?? read.get(name) ?? ofSource.get(name);
    if (fields === undefined) found.add(name);
    else addUnread(segment, fields, found);
  }
  return [...found];
}

function ofMessage(name: string, messageCode: string): Fields | undefined {
  if (messageCode === 'RAS' && name === 'RXA') return ofAdministration;
  return messageCode === 'ORU' || messageCode === 'OUL' ? ofResults.get(name) : undefined;
}

function addUnread(segment: Segment, fields: Fields, found: Set<string>): void {
  const { fieldCount } = segment;
  for (let n = 1; n <= fieldCount; n++) {
    if (fields[n] === undefined && !segment.field(n).isEmpty) found.add(`${segment.name}-${n}`);
  }
}
