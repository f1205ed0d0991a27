import type { CorrectionRule } from '@anamnesis/core';
import { parsePath, type Path, Pattern, PatternError } from '@anamnesis/hl7v2';
import type { FileReader, Members, Part } from './file-reader.js';
import { readCondition } from './read-condition.js';

const own = {
  move: ['to'],
  copy: ['to'],
  default: ['value'],
  pattern: ['find', 'replace'],
} as const;
type Kind = keyof typeof own;
const kinds: readonly Kind[] = ['move', 'copy', 'default', 'pattern'];

/** Who the sender is, how the message is read and what it is called: nothing that a file may change. */
const protectedFields: ReadonlySet<number> = new Set([1, 2, 3, 4, 9, 10, 18, 20]);

/** One rule of `rules`. */
export function readRule(part: Part, reader: FileReader): CorrectionRule {
  const members = reader.members(part, [...kinds, 'to', 'value', 'find', 'replace', 'when']);
  const named = kinds.filter((one) => members.found.has(one));
  const [kind] = named;
  if (kind === undefined || named.length > 1) return reader.fail(part, `one of ${kinds.join(', ')} is expected`);
  const allowed: readonly string[] = [kind, 'when', ...own[kind]];
  for (const [key, member] of members.found) if (!allowed.includes(key)) reader.fail(member, `${kind} has no "${key}"`);
  const rule = ruleOf(kind, members, reader);
  const when = members.found.get('when');
  return when === undefined ? rule : { ...rule, when: readCondition(when, reader) };
}

function ruleOf(kind: Kind, members: Members, reader: FileReader): CorrectionRule {
  switch (kind) {
    case 'move':
    case 'copy':
      return readTransfer(kind, members, reader);
    case 'default':
      return readDefault(members, reader);
    case 'pattern':
      return readReplacement(members, reader);
  }
}

function readTransfer(kind: 'move' | 'copy', members: Members, reader: FileReader): CorrectionRule {
  const part = reader.need(members, kind);
  const from = kind === 'move' ? readTarget(part, reader) : readPath(part, reader);
  const to = readTarget(reader.need(members, 'to'), reader);
  if (from.path.repetition === '*' || to.path.repetition === '*')
    return reader.fail(part, 'move and copy take one place: no [*]');
  if (JSON.stringify(from.path) === JSON.stringify(to.path)) return reader.fail(part, 'from and to are one place');
  return kind === 'move' ? { move: from.text, to: to.text } : { copy: from.text, to: to.text };
}

function readDefault(members: Members, reader: FileReader): CorrectionRule {
  const part = reader.need(members, 'default');
  const { path, text } = readTarget(part, reader);
  if (path.repetition === '*' && path.component === undefined)
    return reader.fail(part, 'with [*] a component is to be named');
  return { default: text, value: reader.text(reader.need(members, 'value')) };
}

function readReplacement(members: Members, reader: FileReader): CorrectionRule {
  const { text } = readTarget(reader.need(members, 'pattern'), reader);
  const findPart = reader.need(members, 'find');
  const find = reader.text(findPart);
  const { groups } = patternOf(find, findPart, reader);
  const replacePart = reader.need(members, 'replace');
  const replace = reader.text(replacePart, { isEmptyFine: true });
  const group = Math.max(0, ...[...replace.matchAll(/\$(\d)/g)].map(([, n]) => Number(n)));
  if (group > groups) return reader.fail(replacePart, `there is no group ${group}`);
  return { pattern: text, find, replace };
}

function patternOf(text: string, part: Part, reader: FileReader): Pattern {
  try {
    return new Pattern(text);
  } catch (error) {
    if (error instanceof PatternError) return reader.fail(part, `character ${error.at + 1}: ${error.message}`);
    throw error;
  }
}

interface ReadPath {
  readonly text: string;
  readonly path: Path;
}

function readPath(part: Part, reader: FileReader): ReadPath {
  const text = reader.text(part);
  const path = parsePath(text);
  return path ? { text, path } : reader.fail(part, 'not a path: PID-3, PID-3[2], PID-3[2].4, PID-3[*].4.1');
}

function readTarget(part: Part, reader: FileReader): ReadPath {
  const read = readPath(part, reader);
  if (read.path.segment !== 'MSH' || !protectedFields.has(read.path.field)) return read;
  const advice = read.path.field === 9 ? ': name what it means among "triggers"' : '';
  return reader.fail(part, `MSH-${read.path.field} says who sends what, and stays as it is${advice}`);
}
