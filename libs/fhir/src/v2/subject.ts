import type { ClaimedIdentifier, ClaimedIdentity, PatientIdentifier } from '@anamnesis/core';
import type { Repetition, Segment } from '@anamnesis/hl7v2';
import type { Identifier } from '../fhir-types.js';
import { compact, valued } from './compact.js';
import { identifierOf } from './datatypes/cx.js';
import type { Draft } from './draft.js';

/** The numbers of a PID by the field that they stand in. */
export interface PatientNumbers {
  readonly subject: PatientIdentifier | undefined;
  /** `PID-3`, `PID-2`, …; fields without a usable number are left out. */
  readonly byField: ReadonlyMap<string, readonly Identifier[]>;
}

/** A PID that names its patient. */
export interface NamedPatient {
  readonly pid: Segment;
  readonly numbers: PatientNumbers;
  readonly subject: PatientIdentifier;
}

/** Undefined, with a warning, when there is no PID or no usable number in it. */
export function namedPatient(pid: Segment | undefined, draft: Draft): NamedPatient | undefined {
  const numbers = pid && patientNumbers(pid, draft);
  if (pid !== undefined && numbers?.subject !== undefined) return { pid, numbers, subject: numbers.subject };
  draft.warn('PID-3 names no patient: the content stays in the message');
  return undefined;
}

/** Reads PID-3 and the withdrawn PID-2, PID-4, PID-19, PID-20, which are read as identifiers of their own (identity.md M4). */
export function patientNumbers(pid: Segment, draft: Draft): PatientNumbers {
  const inField = (n: number, read: (cx: Repetition) => Identifier | undefined) =>
    pid
      .field(n)
      .repetitions.map(read)
      .filter((one) => one !== undefined);
  const list = inField(3, (cx) => identifierOf(cx, { draft }));
  const beside = (n: number) =>
    inField(n, (cx) =>
      // Beside PID-3, a number without authority is not one of the sender's record numbers.
      identifierOf(cx, { draft, ...(list.length > 0 && { systemDefault: draft.fieldSystem(`PID-${n}`) }) }),
    );
  const fields: readonly (readonly [string, readonly Identifier[]])[] = [
    ['PID-3', list],
    ['PID-2', beside(2)],
    ['PID-4', beside(4)],
    ['PID-19', socialSecurityNumber(pid, draft)],
    ['PID-20', driversLicence(pid, draft)],
  ];
  const byField = new Map(fields.filter(([, identifiers]) => identifiers.length > 0));
  const candidates = byField.get('PID-3') ?? byField.get('PID-2') ?? byField.get('PID-4') ?? [];
  return { subject: subjectOf(candidates, draft), byField };
}

/** First under an authority of the source's own, else type MR, else the first (house.md §5). */
function subjectOf(candidates: readonly Identifier[], draft: Draft): PatientIdentifier | undefined {
  const chosen =
    candidates.find(({ system }) => system !== undefined && draft.context.isOwnAuthority(system)) ??
    candidates.find((one) => typeCode(one) === 'MR') ??
    candidates[0];
  const { system, value } = chosen ?? {};
  return system === undefined || value === undefined ? undefined : { system, value };
}

/** PID-19 is a US social security number only where the message says that it is from there (MSH-17). */
function socialSecurityNumber(pid: Segment, draft: Draft): readonly Identifier[] {
  const value = valued(pid.field(19).text());
  if (value === undefined) return [];
  const isAmerican = ['US', 'USA'].includes(draft.message.header.countryCode.toUpperCase());
  const system = isAmerican ? 'http://hl7.org/fhir/sid/us-ssn' : draft.fieldSystem('PID-19');
  return [
    { type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'SS' }] }, system, value },
  ];
}

/** DLN: number, issuer, expiry. */
function driversLicence(pid: Segment, draft: Draft): readonly Identifier[] {
  const dln = pid.field(20);
  const value = valued(dln.text(1));
  if (value === undefined) return [];
  const issuer = valued(dln.text(2));
  const licence = compact({
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'DL' }] },
    system: draft.fieldSystem(issuer === undefined ? 'PID-20' : `PID-20:${encodeURIComponent(issuer)}`),
    value,
    period: draft.times.period('', dln.text(3)),
  });
  return licence ? [licence] : [];
}

/** What the message claims about who its patient is: input of the person index. */
export function identityOf(pid: Segment, numbers: PatientNumbers, draft: Draft): ClaimedIdentity {
  const name = namingRepetition(pid);
  const isDeceased = deceased(pid, draft);
  return {
    identifiers: claimed(numbers),
    ...compact({
      birthDate: draft.times.date(pid.field(7).text()),
      familyName: name && valued(name.text(1)),
      givenName: name && valued(name.text(2)),
      sex: valued(pid.field(8).text()),
      isDeceased,
    }),
  };
}

function claimed({ byField }: PatientNumbers): readonly ClaimedIdentifier[] {
  const found = new Map<string, ClaimedIdentifier>();
  for (const identifier of [...byField.values()].flat()) {
    const { system = '', value = '' } = identifier;
    const key = JSON.stringify([system, value]);
    if (!found.has(key)) found.set(key, { system, value, type: typeCode(identifier) ?? '' });
  }
  return [...found.values()];
}

/** The legal name (type L, or none said), else the first. */
function namingRepetition(pid: Segment): Repetition | undefined {
  const field = pid.field(5);
  if (field.isUndecodable) return undefined;
  return field.repetitions.find((xpn) => ['L', ''].includes(xpn.text(7))) ?? field.repetitions[0];
}

function deceased(pid: Segment, draft: Draft): boolean | undefined {
  if (draft.times.dateTime(pid.field(29).text()) !== undefined) return true;
  const flag = pid.field(30).text();
  return flag === 'Y' || flag === 'N' ? flag === 'Y' : undefined;
}

function typeCode(identifier: Identifier): string | undefined {
  return identifier.type?.coding?.[0]?.code;
}
