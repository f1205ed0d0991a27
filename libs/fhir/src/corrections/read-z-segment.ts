import type { CorrectionCondition, ZSegmentCorrection } from '@anamnesis/core';
import { parsePath } from '@anamnesis/hl7v2';
import type { FileReader, Part } from './file-reader.js';
import { extensionTypes, zTarget, zTargetsOf, type ZType } from './z-targets.js';

type Members = ReadonlyMap<string, Part>;

const keys = ['from', 'to', 'as', 'url', 'system', 'codes', 'when'];
const uri = /^(https?:\/\/|urn:)\S+$/;
const codesMax = 500;

/** One rule of `zSegments`; undefined, and what is wrong among the reader's problems. */
export function readZSegment(
  part: Part,
  reader: FileReader,
  readCondition: (part: Part) => CorrectionCondition | undefined,
): ZSegmentCorrection | undefined {
  const members = reader.members(part, keys);
  if (members === undefined) return undefined;
  const before = reader.problems.length;
  for (const key of ['from', 'to']) if (!members.has(key)) reader.fail(part, `"${key}" is missing`);
  const from = readFrom(members.get('from'), reader);
  const to = readTo(members.get('to'), reader);
  const type = to && readType(to, { members, part, reader });
  const [url, system] = ['url', 'system'].map((key) => readUri(members.get(key), reader));
  const codes = readCodes(members.get('codes'), reader);
  const whenIn = members.get('when');
  const when = whenIn && readCondition(whenIn);
  if (type !== undefined) checkUse(type, { members, part, reader });
  if (reader.problems.length > before || from === undefined || to === undefined) return undefined;
  return {
    from,
    to: `${to.resourceType}.${to.element}`,
    ...(members.has('as') && type !== undefined && { as: type }),
    ...(url !== undefined && { url }),
    ...(system !== undefined && { system }),
    ...(codes !== undefined && { codes }),
    ...(when !== undefined && { when }),
  };
}

interface Rule {
  readonly members: Members;
  readonly part: Part;
  readonly reader: FileReader;
}

function readFrom(part: Part | undefined, reader: FileReader): string | undefined {
  const text = part && reader.text(part);
  if (part === undefined || text === undefined) return undefined;
  const path = parsePath(text);
  if (path === undefined || !path.segment.startsWith('Z') || path.repetition === '*')
    return reader.fail(part, 'not a path of a Z segment: ZPD-3, ZPD-3.1, ZPD-3[2]');
  return text;
}

function readTo(part: Part | undefined, reader: FileReader): ReturnType<typeof zTarget> {
  const text = part && reader.text(part);
  if (part === undefined || text === undefined) return undefined;
  const target = zTarget(text);
  if (target !== undefined) return target;
  return reader.fail(
    part,
    `not an element that a Z segment may say: there are ${zTargetsOf(text.split('.')[0] ?? '').join(', ')}`,
  );
}

/** An extension says its type and name; every other element has a type of its own. */
function readType(target: NonNullable<ReturnType<typeof zTarget>>, { members, part, reader }: Rule): ZType | undefined {
  const as = members.get('as');
  if (target.type !== undefined) {
    for (const key of ['as', 'url'])
      if (members.has(key)) reader.fail(members.get(key) ?? part, `"${key}" is of extensions alone`);
    return target.type;
  }
  for (const key of ['as', 'url'])
    if (!members.has(key)) reader.fail(part, `"${key}" is missing: an extension needs it`);
  const text = as && reader.text(as);
  const type = [...extensionTypes].find((one) => one === text);
  if (as !== undefined && type === undefined) return reader.fail(as, `not one of ${[...extensionTypes].join(', ')}`);
  return type;
}

function checkUse(type: ZType, { members, part, reader }: Rule): void {
  const [system, codes] = [members.get('system'), members.get('codes')];
  const isCoded = type === 'CodeableConcept';
  if (isCoded && (system === undefined) !== (codes === undefined))
    reader.fail(system ?? codes ?? part, '"codes" and the "system" that they are of go together');
  if (!isCoded && type !== 'Identifier' && system !== undefined)
    reader.fail(system, '"system" is of identifiers and codes');
  if (codes !== undefined && (type === 'Identifier' || type === 'ContactPoint'))
    reader.fail(codes, '"codes" is of codes and plain values');
}

function readUri(part: Part | undefined, reader: FileReader): string | undefined {
  const text = part && reader.text(part, { max: 255 });
  if (part === undefined || text === undefined || uri.test(text)) return text;
  return reader.fail(part, 'not a URI: https://… or urn:…');
}

function readCodes(part: Part | undefined, reader: FileReader): Readonly<Record<string, string>> | undefined {
  if (part === undefined) return undefined;
  const pairs = reader.pairs(part);
  if (pairs.length > codesMax) return reader.fail(part, `more than ${codesMax}`);
  return Object.fromEntries(pairs.map(([key, value]) => [key, reader.text(value, { max: 64 }) ?? '']));
}
