import type { ReceivedEvent } from '@anamnesis/core';
import type { PatientRecord } from '@anamnesis/store';
import { isPlaceholderName, normalName } from './names.js';

const nameLengthMax = 255;
const formerNamesMax = 5;
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** The row as plain data. */
export type RecordRow = Pick<PatientRecord, keyof PatientRecord>;

type Claims = Pick<PatientRecord, 'birthDate' | 'familyName' | 'givenName' | 'sex' | 'isDeceased' | 'deceasedSince'>;

/**
 * The record with what this event claims of the patient. Of two claims the later made holds, in whatever order they
 * come; an element that a message does not mention stays. Pure.
 */
export function takeClaim(record: RecordRow, event: ReceivedEvent): RecordRow {
  const { identity } = event;
  // The demographics of a merge message are no update (hl7v2.md M2).
  if (identity === undefined || (identity.merges ?? []).length > 0) return record;
  const claimedAt = timeOf(event);
  const claims = claimsOf(event, claimedAt);
  const isLatest = record.claimedAt === null || claimedAt >= record.claimedAt;
  const { formerNames, familyName } = record;
  if (!isLatest) {
    const earlier = former(formerNames, claims.familyName, familyName ?? claims.familyName);
    return { ...record, ...onlyMissing(record, claims), formerNames: earlier };
  }
  const replaced = former(formerNames, familyName, claims.familyName ?? familyName);
  return { ...record, ...claims, claimedAt, formerNames: replaced };
}

/** Nothing that the linking rule reads has changed. */
export function isSameClaim(a: RecordRow, b: RecordRow): boolean {
  const read = ({ birthDate, familyName, givenName, sex, isDeceased, formerNames }: RecordRow) =>
    JSON.stringify([birthDate, familyName, givenName, sex, isDeceased, formerNames]);
  return read(a) === read(b);
}

function claimsOf({ identity }: ReceivedEvent, claimedAt: string): Partial<Claims> {
  const { birthDate, familyName, givenName, sex, isDeceased } = identity ?? {};
  return {
    ...(isDate(birthDate) && { birthDate }),
    ...(isGiven(familyName) && { familyName: familyName.slice(0, nameLengthMax) }),
    ...(isGiven(givenName) && { givenName: givenName.slice(0, nameLengthMax) }),
    ...(isGiven(sex) && { sex: sex.toUpperCase().slice(0, 8) }),
    ...(isDeceased !== undefined && { isDeceased, deceasedSince: isDeceased ? claimedAt : null }),
  };
}

function onlyMissing(record: RecordRow, claims: Partial<Claims>): Partial<Claims> {
  const { birthDate, familyName, givenName, sex } = record;
  const has = { birthDate, familyName, givenName, sex };
  const missing = Object.entries(claims).filter(([name]) => name in has && has[name as keyof typeof has] === null);
  return Object.fromEntries(missing);
}

/** Earlier family names, with this one when it says something and is another than `current`. */
function former(
  known: string | null,
  name: string | null | undefined,
  current: string | null | undefined,
): string | null {
  const normal = normalName(name);
  const before = known === null ? [] : (JSON.parse(known) as readonly string[]);
  if (normal === '' || normal === normalName(current) || isPlaceholderName(name) || before.includes(normal))
    return known;
  return JSON.stringify([...before, normal].slice(-formerNamesMax));
}

/** When the claim was made: as the source says, but never later than it came. */
function timeOf({ occurredAt, receivedAt }: ReceivedEvent): string {
  const said = new Date(occurredAt ?? receivedAt);
  const text = Number.isNaN(said.getTime()) ? receivedAt : said.toISOString();
  return isoTime.test(text) && text < receivedAt ? text : receivedAt;
}

function isDate(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}(-\d{2}(-\d{2})?)?$/.test(text);
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text !== '""';
}
