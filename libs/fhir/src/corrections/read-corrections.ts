import { createHash } from 'node:crypto';
import {
  type CorrectionCondition,
  type Corrections,
  correctionsLimits,
  type CorrectionRule,
  Rejected,
  type TriggerCorrection,
} from '@anamnesis/core';
import { parsePath, type Path, Pattern, PatternError, structureOf } from '@anamnesis/hl7v2';
import { FileReader, type Part } from './file-reader.js';
import { readZSegment } from './read-z-segment.js';

/** A file as it was read; registration gives it its version. */
export type CorrectionsFile = Omit<Corrections, 'version'>;

type Members = ReadonlyMap<string, Part>;

const format = '1';
/** Who the sender is, how the message is read and what it is called: nothing that a file may change. */
const protectedFields: ReadonlySet<number> = new Set([1, 2, 3, 4, 9, 10, 18, 20]);
const kinds = ['move', 'copy', 'default', 'pattern'] as const;
const typeForm = /^[A-Z][A-Z0-9]{2}\^([A-Z0-9]{1,8}|\*)$/;
const triggerForm = /^[A-Z][A-Z0-9]{2}\^[A-Z0-9]{1,8}$/;

/**
 * Reads a corrections file (YAML or JSON, docs/corrections.md). Throws `Rejected('invalid-request')` that names, with line
 * and column, everything that is wrong with it; no value of the file is repeated.
 */
export function readCorrections(file: string): CorrectionsFile {
  if (Buffer.byteLength(file) > correctionsLimits.fileBytesMax)
    throw new Rejected('invalid-request', `the file is larger than ${correctionsLimits.fileBytesMax} bytes`);
  const reader = new FileReader(file);
  const read = readRoot(reader);
  if (reader.problems.length > 0) {
    const said = reader.problems.map(
      ({ line, column, at, text }) => `line ${line}, column ${column}${at === '' ? '' : ` (${at})`}: ${text}`,
    );
    throw new Rejected('invalid-request', said.join('; '));
  }
  return { digest: createHash('sha256').update(file, 'utf8').digest('hex'), ...read };
}

function readRoot(reader: FileReader): Omit<CorrectionsFile, 'digest'> {
  const nothing = { triggers: [], rules: [], zSegments: [] };
  if (reader.problems.length > 0) return nothing;
  const root = reader.members(reader.root, ['corrections', 'triggers', 'rules', 'zSegments']);
  if (root === undefined) return nothing;
  const version = root.get('corrections');
  if (version === undefined) reader.fail(reader.root, '"corrections: 1" says which form this is, and is missing');
  else if (reader.text(version) !== format) reader.fail(version, 'the only form there is is 1');
  const all = <One>(key: string, max: number, read: (part: Part, reader: FileReader) => One | undefined) =>
    reader.items(root.get(key), max).flatMap((part) => read(part, reader) ?? []);
  const { triggersMax, rulesMax, zSegmentsMax } = correctionsLimits;
  const triggers = all('triggers', triggersMax, readTrigger);
  if (new Set(triggers.map(({ trigger }) => trigger)).size < triggers.length)
    reader.fail(root.get('triggers') ?? reader.root, 'one trigger event means two things');
  return { triggers, rules: all('rules', rulesMax, readRule), zSegments: all('zSegments', zSegmentsMax, readZ) };
}

function readTrigger(part: Part, reader: FileReader): TriggerCorrection | undefined {
  const members = reader.members(part, ['trigger', 'means']);
  const [trigger, means] = ['trigger', 'means'].map((key) =>
    matching(members, key, { part, reader, form: triggerForm }),
  );
  if (trigger === undefined || means === undefined) return undefined;
  const [code = '', event = ''] = means.split('^');
  if (structureOf(code, event) === undefined)
    return reader.fail(members?.get('means') ?? part, 'not an event of HL7 table 0354');
  return { trigger, means };
}

function readZ(part: Part, reader: FileReader) {
  return readZSegment(part, reader, (when) => readCondition(when, reader));
}

function readRule(part: Part, reader: FileReader): CorrectionRule | undefined {
  const members = reader.members(part, [...kinds, 'to', 'value', 'find', 'replace', 'when']);
  if (members === undefined) return undefined;
  const named = kinds.filter((kind) => members.has(kind));
  const [kind] = named;
  if (kind === undefined || named.length > 1) return reader.fail(part, `one of ${kinds.join(', ')} is expected`);
  const own: readonly string[] = { move: ['to'], copy: ['to'], default: ['value'], pattern: ['find', 'replace'] }[kind];
  for (const key of members.keys())
    if (key !== kind && key !== 'when' && !own.includes(key))
      reader.fail(members.get(key) ?? part, `${kind} has no "${key}"`);
  const before = reader.problems.length;
  const when = members.has('when') ? readCondition(members.get('when') ?? part, reader) : undefined;
  const rule = ruleOf(kind, { members, part, reader });
  if (rule === undefined || reader.problems.length > before) return undefined;
  return { ...rule, ...(when !== undefined && { when }) };
}

interface RuleParts {
  readonly members: Members;
  readonly part: Part;
  readonly reader: FileReader;
}

function ruleOf(kind: (typeof kinds)[number], { members, part, reader }: RuleParts): CorrectionRule | undefined {
  const get = (key: string) => members.get(key) ?? missing(key, { part, reader });
  const changed = get(kind === 'move' || kind === 'copy' ? 'to' : kind);
  const path = changed && readTarget(changed, reader);
  if (kind === 'default') {
    const value = textIn(get('value'), reader);
    if (path?.path.repetition === '*' && path.path.component === undefined)
      return reader.fail(changed ?? part, 'with [*] a component is to be named');
    return path && value !== undefined ? { default: path.text, value } : undefined;
  }
  if (kind === 'pattern') {
    const find = readPattern(get('find'), reader);
    const replace = textIn(get('replace'), reader, true);
    if (path === undefined || find === undefined || replace === undefined) return undefined;
    const group = Math.max(0, ...[...replace.matchAll(/\$(\d)/g)].map(([, n]) => Number(n)));
    if (group > find.groups) return reader.fail(get('replace') ?? part, `there is no group ${group}`);
    return { pattern: path.text, find: find.text, replace };
  }
  const from = get(kind);
  const source = from && (kind === 'move' ? readTarget(from, reader) : readPath(from, reader));
  if (path === undefined || source === undefined || from === undefined) return undefined;
  const problem = transferProblem(source.path, path.path);
  if (problem !== undefined) return reader.fail(from, problem);
  return kind === 'move' ? { move: source.text, to: path.text } : { copy: source.text, to: path.text };
}

function transferProblem(from: Path, to: Path): string | undefined {
  if (from.repetition === '*' || to.repetition === '*') return 'move and copy take one place: no [*]';
  return JSON.stringify(from) === JSON.stringify(to) ? 'from and to are one place' : undefined;
}

interface ReadPath {
  readonly text: string;
  readonly path: Path;
}

function readPath(part: Part, reader: FileReader): ReadPath | undefined {
  const text = reader.text(part);
  if (text === undefined) return undefined;
  const path = parsePath(text);
  return path ? { text, path } : reader.fail(part, 'not a path: PID-3, PID-3[2], PID-3[2].4, PID-3[*].4.1');
}

function readTarget(part: Part, reader: FileReader): ReadPath | undefined {
  const read = readPath(part, reader);
  if (read === undefined || read.path.segment !== 'MSH' || !protectedFields.has(read.path.field)) return read;
  const advice = read.path.field === 9 ? ': name what it means among "triggers"' : '';
  return reader.fail(part, `MSH-${read.path.field} says who sends what, and stays as it is${advice}`);
}

function readPattern(part: Part | undefined, reader: FileReader): { text: string; groups: number } | undefined {
  const text = textIn(part, reader);
  if (part === undefined || text === undefined) return undefined;
  try {
    return { text, groups: new Pattern(text).groups };
  } catch (error) {
    if (error instanceof PatternError) return reader.fail(part, `character ${error.at + 1}: ${error.message}`);
    throw error;
  }
}

function readCondition(part: Part, reader: FileReader): CorrectionCondition | undefined {
  const members = reader.members(part, ['type', 'path', 'equals']);
  if (members === undefined) return undefined;
  const [typeIn, pathIn, equalsIn] = ['type', 'path', 'equals'].map((key) => members.get(key));
  if (typeIn === undefined && pathIn === undefined)
    return reader.fail(part, '"type", or "path" with "equals", is expected');
  if ((pathIn === undefined) !== (equalsIn === undefined)) return reader.fail(part, '"path" and "equals" go together');
  const type = typeIn && matching(members, 'type', { part, reader, form: typeForm });
  const path = pathIn && readPath(pathIn, reader);
  if (path?.path.repetition === '*') return reader.fail(pathIn ?? part, 'a condition looks at one place: no [*]');
  const equals = equalsIn && textIn(equalsIn, reader, true);
  return { ...(type !== undefined && { type }), ...(path && equals !== undefined && { path: path.text, equals }) };
}

interface Matching {
  readonly part: Part;
  readonly reader: FileReader;
  readonly form: RegExp;
}

function matching(members: Members | undefined, key: string, { part, reader, form }: Matching): string | undefined {
  const one = members && (members.get(key) ?? missing(key, { part, reader }));
  const text = textIn(one, reader);
  if (one === undefined || text === undefined || form.test(text)) return text;
  return reader.fail(one, 'not a message type like ADT^A08');
}

function missing(key: string, { part, reader }: Pick<RuleParts, 'part' | 'reader'>): undefined {
  return reader.fail(part, `"${key}" is missing`);
}

function textIn(part: Part | undefined, reader: FileReader, isEmptyFine = false): string | undefined {
  return part && reader.text(part, { isEmptyFine });
}
