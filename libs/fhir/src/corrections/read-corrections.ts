import { createHash } from 'node:crypto';
import { type Corrections, correctionsLimits, Rejected, type TriggerCorrection } from '@anamnesis/core';
import { structureOf } from '@anamnesis/hl7v2';
import { FileReader, type Part } from './file-reader.js';
import { readRule } from './read-rule.js';
import { readZSegment } from './read-z-segment.js';

/** A file as it was read; registration gives it its version. */
export type CorrectionsFile = Omit<Corrections, 'version'>;

const form = '1';
const triggerForm = /^[A-Z][A-Z0-9]{2}\^[A-Z0-9]{1,8}$/;

/**
 * Reads a corrections file (YAML or JSON, docs/corrections.md). Throws `Rejected('invalid-request')` that names, with line
 * and column, each rule that is wrong and what is allowed; no value of the file is repeated.
 */
export function readCorrections(file: string): CorrectionsFile {
  if (Buffer.byteLength(file) > correctionsLimits.fileBytesMax)
    throw new Rejected('invalid-request', `the file is larger than ${correctionsLimits.fileBytesMax} bytes`);
  const reader = new FileReader(file);
  const [read] = reader.problems.length > 0 ? [] : reader.attempt(() => readRoot(reader));
  if (read === undefined || reader.problems.length > 0) {
    const said = reader.problems.map(
      ({ line, column, at, text }) => `line ${line}, column ${column}${at === '' ? '' : ` (${at})`}: ${text}`,
    );
    throw new Rejected('invalid-request', said.join('; '));
  }
  return { digest: createHash('sha256').update(file, 'utf8').digest('hex'), ...read };
}

function readRoot(reader: FileReader): Omit<CorrectionsFile, 'digest'> {
  const root = reader.members(reader.root, ['corrections', 'triggers', 'rules', 'zSegments']);
  const version = root.found.get('corrections');
  if (version === undefined)
    return reader.fail(reader.root, '"corrections: 1" says which form this is, and is missing');
  if (reader.text(version) !== form) return reader.fail(version, 'the only form there is is 1');
  const { triggersMax, rulesMax, zSegmentsMax } = correctionsLimits;
  return {
    triggers: readTriggers(root.found.get('triggers'), reader, triggersMax),
    rules: reader.items(root.found.get('rules'), rulesMax, (part) => readRule(part, reader)),
    zSegments: reader.items(root.found.get('zSegments'), zSegmentsMax, (part) => readZSegment(part, reader)),
  };
}

function readTriggers(part: Part | undefined, reader: FileReader, max: number): readonly TriggerCorrection[] {
  const met = new Set<string>();
  return reader.items(part, max, (item) => {
    const members = reader.members(item, ['trigger', 'means']);
    const trigger = readType(reader.need(members, 'trigger'), reader);
    if (met.has(trigger)) return reader.fail(item, 'one trigger event means two things');
    met.add(trigger);
    const meansPart = reader.need(members, 'means');
    const means = readType(meansPart, reader);
    const [code = '', event = ''] = means.split('^');
    if (structureOf(code, event) === undefined) return reader.fail(meansPart, 'not an event of HL7 table 0354');
    return { trigger, means };
  });
}

function readType(part: Part, reader: FileReader): string {
  const text = reader.text(part);
  return triggerForm.test(text) ? text : reader.fail(part, 'not a message type like ADT^A08');
}
