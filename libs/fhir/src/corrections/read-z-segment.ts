import type { ZSegmentCorrection } from '@anamnesis/core';
import { parsePath } from '@anamnesis/hl7v2';
import type { FileReader, Members, Part } from './file-reader.js';
import { readCondition } from './read-condition.js';
import { extensionTypes, type NamedTarget, zTarget, zTargetsOf, type ZType } from './z-targets.js';

const uri = /^(https?:\/\/|urn:)\S+$/;
const codesMax = 500;

/** One rule of `zSegments`. */
export function readZSegment(part: Part, reader: FileReader): ZSegmentCorrection {
  const members = reader.members(part, ['from', 'to', 'as', 'url', 'system', 'codes', 'when']);
  const from = readFrom(reader.need(members, 'from'), reader);
  const target = readTo(reader.need(members, 'to'), reader);
  const isExtension = target.type === undefined;
  const type = target.type ?? readExtensionType(members, reader);
  if (!isExtension) refuse(members, reader, { keys: ['as', 'url'], why: 'is of extensions alone' });
  checkUse(type, members, reader);
  return {
    from,
    to: `${target.resourceType}.${target.element}`,
    ...(isExtension && { as: type, url: readUri(reader.need(members, 'url'), reader) }),
    ...optional(members, 'system', (one) => readUri(one, reader)),
    ...optional(members, 'codes', (one) => readCodes(one, reader)),
    ...optional(members, 'when', (one) => readCondition(one, reader)),
  };
}

function optional<Key extends string, One>(
  { found }: Members,
  key: Key,
  read: (part: Part) => One,
): Partial<Record<Key, One>> {
  const part = found.get(key);
  return part === undefined ? {} : ({ [key]: read(part) } as Record<Key, One>);
}

function readFrom(part: Part, reader: FileReader): string {
  const text = reader.text(part);
  const path = parsePath(text);
  if (path?.segment.startsWith('Z') === true && path.repetition !== '*') return text;
  return reader.fail(part, 'not a path of a Z segment: ZPD-3, ZPD-3.1, ZPD-3[2]');
}

function readTo(part: Part, reader: FileReader): NamedTarget {
  const text = reader.text(part);
  const known = zTargetsOf(text.split('.')[0] ?? '').join(', ');
  return zTarget(text) ?? reader.fail(part, `not an element that a Z segment may say: there are ${known}`);
}

function readExtensionType(members: Members, reader: FileReader): ZType {
  const part = reader.need(members, 'as');
  const text = reader.text(part);
  const type = [...extensionTypes].find((one) => one === text);
  return type ?? reader.fail(part, `not one of ${[...extensionTypes].join(', ')}`);
}

/** Codes and systems stand only where they mean something. */
function checkUse(type: ZType, members: Members, reader: FileReader): void {
  const { part, found } = members;
  if (type === 'CodeableConcept') {
    if (found.has('system') !== found.has('codes'))
      reader.fail(part, '"codes" and the "system" that they are of go together');
  } else if (type === 'Identifier' || type === 'ContactPoint') {
    refuse(members, reader, { keys: ['codes'], why: 'is of codes and plain values' });
  }
  if (type !== 'CodeableConcept' && type !== 'Identifier')
    refuse(members, reader, { keys: ['system'], why: 'is of identifiers and codes' });
}

function refuse(
  { found }: Members,
  reader: FileReader,
  { keys, why }: { readonly keys: readonly string[]; readonly why: string },
): void {
  for (const key of keys) {
    const part = found.get(key);
    if (part !== undefined) reader.fail(part, `"${key}" ${why}`);
  }
}

function readUri(part: Part, reader: FileReader): string {
  const text = reader.text(part, { max: 255 });
  return uri.test(text) ? text : reader.fail(part, 'not a URI: https://… or urn:…');
}

function readCodes(part: Part, reader: FileReader): Readonly<Record<string, string>> {
  const pairs = reader.pairs(part);
  if (pairs.length > codesMax) return reader.fail(part, `more than ${codesMax}`);
  return Object.fromEntries(pairs.map(([key, value]) => [key, reader.text(value, { max: 64 })]));
}
