import { buildSegment, type FieldValue } from '../encode/build-segment.js';
import type { Delimiters } from '../message/delimiters.js';
import type { ErrorCondition } from '../message/message-error.js';
import type { Location } from '../message/warning.js';
import { conditionFor, conditionTexts } from './condition-text.js';
import type { AckCode } from './decide-ack.js';
import { isVersionSince } from './version.js';

const table = 'HL70357';

export interface ErrorReport {
  readonly code: AckCode;
  readonly version: string;
  readonly errors: readonly ErrorCondition[];
  readonly text: string | undefined;
}

/** What follows MSA-2 (A7): the reason itself up to 2.4, afterwards next to nothing. */
export function acknowledgementTail(report: ErrorReport, expectedSequenceNumber: number | undefined): FieldValue[] {
  const { version, errors } = report;
  const [error] = errors;
  const sequence = expectedSequenceNumber === undefined ? '' : String(expectedSequenceNumber);
  // MSA-6 came with 2.2.
  const hasCondition = isVersionSince(version, [2, 2, 0]) && !isVersionSince(version, [2, 5, 0]);
  return [reasonText(report), sequence, '', hasCondition && error !== undefined ? coded(error, false) : ''];
}

function reasonText({ version, errors, text }: ErrorReport): string {
  if (isVersionSince(version, [2, 7, 0])) return '';
  return text ?? (isVersionSince(version, [2, 5, 0]) ? '' : (errors[0]?.text ?? ''));
}

/** The ERR segments, without CR: one with repetitions up to 2.4, then one for each condition. */
export function errorSegments(delimiters: Delimiters, report: ErrorReport): readonly string[] {
  const { errors, version } = report;
  if (errors.length === 0) return [];
  if (isVersionSince(version, [2, 5, 0])) return errors.map((one, at) => modern(delimiters, report, { one, at }));
  const repetitions = errors.map(codeAndLocation);
  // A sender without a repetition separator can be told one reason only.
  const told = delimiters.repetition === '' ? repetitions.slice(0, 1) : repetitions;
  return [buildSegment(delimiters, 'ERR', [{ repetitions: told }])];
}

function codeAndLocation(error: ErrorCondition): readonly (string | readonly string[])[] {
  const code = conditionFor(error.code, false);
  const { segment = '', position = '', field = '' } = error.location ?? {};
  return [segment, String(position), String(field), [String(code), conditionTexts[code], table]];
}

function modern(
  delimiters: Delimiters,
  report: ErrorReport,
  { one, at }: { readonly one: ErrorCondition; readonly at: number },
): string {
  const isSince27 = isVersionSince(report.version, [2, 7, 0]);
  const isPositive = report.code === 'AA' || report.code === 'CA';
  const diagnostic = isSince27 && at === 0 ? (report.text ?? '') : '';
  return buildSegment(delimiters, 'ERR', [
    '',
    one.location === undefined ? '' : errorLocation(one.location),
    coded(one, isSince27),
    one.severity ?? (isPositive ? 'W' : 'E'),
    '',
    '',
    diagnostic,
    one.text,
  ]);
}

function coded(error: ErrorCondition, isSince27: boolean): readonly string[] {
  const code = conditionFor(error.code, isSince27);
  return [String(code), conditionTexts[code], table];
}

/** ERL: segment, occurrence, field, repetition, component, subcomponent. */
function errorLocation(location: Location): readonly string[] {
  const { segment, position, field = '', repetition = '', component = '', subcomponent = '' } = location;
  return [segment, position, field, repetition, component, subcomponent].map(String);
}
