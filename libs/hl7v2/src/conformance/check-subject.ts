import type { ErrorCondition } from '../message/message-error.js';
import type { Field, Message, MessageHeader, Repetition, Segment } from '../message/message.js';
import { conditionAt } from '../ack/condition-at.js';
import { shapeOf } from '../text/shape-of.js';

/** A7: what v2.9 permits. */
const controlIdLengthMax = 199;
const identifierLengthMax = 199;
const authorityLengthMax = 80;
/** In one field: nobody has as many numbers. */
const identifiersMax = 1000;
/** In one message: each is an event of its own, and keeps the whole message with it. */
const patientsMax = 500;
const patientBytesMax = 128 * 1024 * 1024;

/** Structures that say nothing without a patient. */
const codesWithPatient = new Set(['ADT', 'ORU', 'VXU', 'MDM', 'PPR', 'PGL']);
/** Where a PID names the subject; elsewhere (answers, queries, types of somebody else's) it is not judged. */
const codesWithSubject = new Set([
  ...codesWithPatient,
  ...['ORM', 'OMG', 'OML', 'OMI', 'OMP', 'RDE', 'RDS', 'RGV', 'RAS', 'SIU', 'DFT', 'BAR', 'REF', 'OUL'],
]);
const merges = new Set([
  ...['A18', 'A30', 'A34', 'A35', 'A36', 'A39', 'A40', 'A41', 'A42', 'A43', 'A44', 'A45', 'A46', 'A47'],
  ...['A48', 'A49', 'A50', 'A51'],
]);
/** Of these MRG-1 is the retired number itself. */
const patientMerges = new Set(['A18', 'A30', 'A34', 'A36', 'A40', 'A43', 'A46', 'A47']);

/** What every message must have to become an event: a control id, and a subject where one belongs. */
export function checkSubject(message: Message): ErrorCondition | undefined {
  const { controlId } = message.header;
  if (controlId === '') return conditionAt(101, 'MSH-10 is empty', 'MSH^1^10');
  if (controlId.length > controlIdLengthMax)
    return conditionAt(102, 'MSH-10 is too long', { where: 'MSH^1^10', shape: shapeOf(controlId) });
  return admitSubject(message) ?? admitMerge(message);
}

function admitSubject(message: Message): ErrorCondition | undefined {
  const { header } = message;
  if (!codesWithSubject.has(header.messageCode)) return undefined;
  const subjects = message.all('PID');
  if (subjects.length === 0)
    return needsPatient(header) ? conditionAt(100, 'segment PID is missing', 'PID^1') : undefined;
  if (
    subjects.length > patientsMax ||
    (subjects.length > 1 && subjects.length * message.bytes.length > patientBytesMax)
  )
    return conditionAt(207, 'more patients than are read in one message', `PID^${patientsMax + 1}`);
  return firstOf(subjects, admitPid);
}

function needsPatient({ messageCode, triggerEvent }: MessageHeader): boolean {
  // A20 is about a bed.
  return codesWithPatient.has(messageCode) && !(messageCode === 'ADT' && triggerEvent === 'A20');
}

/** PID-2 and PID-4 count when PID-3 is empty (2.1, 2.2). */
function admitPid(pid: Segment): ErrorCondition | undefined {
  for (const n of [3, 2, 4]) {
    const field = pid.field(n);
    if (field.repetitions.length > identifiersMax)
      return conditionAt(207, 'more patient identifiers than are read', `PID^${pid.position}^${n}`);
    const fault = faultOf(field, `PID^${pid.position}^${n}`, 'patient identifier');
    if (fault !== undefined) return fault;
    if (hasIdentifier(field)) return undefined;
  }
  return conditionAt(101, 'PID-3 is empty', `PID^${pid.position}^3`);
}

function admitMerge(message: Message): ErrorCondition | undefined {
  const { messageCode, triggerEvent } = message.header;
  if (messageCode !== 'ADT' || !merges.has(triggerEvent)) return undefined;
  const retired = message.all('MRG');
  const missing = missingMrg(message);
  if (missing !== undefined) return conditionAt(100, 'segment MRG is missing', `MRG^${missing}`);
  return patientMerges.has(triggerEvent) ? firstOf(retired, admitMrg) : undefined;
}

/** All groups or none (M4): every PID has its MRG before the next one. The place of the first MRG that is not there. */
function missingMrg({ segments }: Message): number | undefined {
  let [patients, retired] = [0, 0];
  for (const { name } of segments) {
    if (name === 'PID' && patients++ > retired) return patients - 1;
    if (name === 'MRG' && retired < patients) retired = patients;
  }
  return retired < patients || retired === 0 ? patients : undefined;
}

/** M6: a merge of nothing is an error. */
function admitMrg(mrg: Segment): ErrorCondition | undefined {
  const field = mrg.field(1);
  if (field.repetitions.length > identifiersMax)
    return conditionAt(207, 'more retired identifiers than are read', `MRG^${mrg.position}^1`);
  const where = `MRG^${mrg.position}^1`;
  const fault = faultOf(field, where, 'retired identifier');
  if (fault !== undefined) return fault;
  return hasIdentifier(field) ? undefined : conditionAt(101, 'MRG-1 is empty', where);
}

function hasIdentifier(field: Field): boolean {
  return field.repetitions.some((one) => one.text(1) !== '' && !one.component(1).isNull);
}

/** What makes a field of identifiers useless, at the repetition and component that is at fault. */
function faultOf(field: Field, where: string, name: string): ErrorCondition | undefined {
  if (field.isUndecodable)
    return conditionAt(102, `undecodable bytes in the ${name}`, { where, shape: `${field.bytes.length} bytes` });
  for (const [at, repetition] of field.repetitions.entries()) {
    const number = repetition.component(1);
    const [first, authority] = [1, 4].map((component) => `${where}^${at + 1}^${component}`);
    // N5: a truncated identifier is nobody's.
    if (number.isTruncated)
      return conditionAt(102, `the ${name} is truncated`, { where: `${first}`, shape: shapeOf(number.text) });
    if (number.text.length > identifierLengthMax)
      return conditionAt(102, `the ${name} is too long`, { where: `${first}`, shape: shapeOf(number.text) });
    const long = longAuthority(repetition);
    if (long !== undefined)
      return conditionAt(102, `the authority of the ${name} is too long`, {
        where: `${authority}`,
        shape: shapeOf(long),
      });
  }
  return undefined;
}

/** No authority that anybody is, and no key that an index takes. */
function longAuthority(repetition: Repetition): string | undefined {
  const authority = repetition.component(4);
  if (authority.text.length > authorityLengthMax) return authority.text;
  return authority.sub(2).length > identifierLengthMax ? authority.sub(2) : undefined;
}

function firstOf(
  segments: readonly Segment[],
  judge: (segment: Segment) => ErrorCondition | undefined,
): ErrorCondition | undefined {
  for (const segment of segments) {
    const refusal = judge(segment);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
