import type { ClaimedIdentifier, ClaimedIdentity, Json, PatientIdentifier } from '@anamnesis/core';
import { compact } from '../v2/compact.js';
import type { SlotValues } from './row-reader.js';

type Members = Readonly<Record<string, Json | undefined>>;

const sexes: Readonly<Record<string, string>> = { male: 'M', female: 'F', other: 'O', unknown: 'U' };

/** What a row of the patients' table claims about who its patient is, as a PID does (`subject.ts`): its key first. */
export function claimedIdentity(key: ClaimedIdentifier, values: SlotValues): ClaimedIdentity {
  const name = namingName(values);
  const gender = values.get('gender');
  return {
    identifiers: distinct([key, ...identifiersIn(values)]),
    ...compact({
      birthDate: textIn(values.get('birthDate')),
      familyName: textIn(name?.['family']),
      givenName: textIn(listIn(name?.['given'])[0]),
      sex: typeof gender === 'string' ? sexes[gender] : undefined,
      isDeceased: isDeceased(values.get('deceased[x]')),
    }),
  };
}

/** Of a row that only names its patient. */
export function claimedNumber({ system, value }: PatientIdentifier, type: string): ClaimedIdentity {
  return { identifiers: [{ system, value, type }] };
}

function identifiersIn(values: SlotValues): readonly ClaimedIdentifier[] {
  return entriesOf(values, 'identifier').flatMap((one) => {
    const { system, value, type } = one;
    if (typeof system !== 'string' || typeof value !== 'string') return [];
    const code = membersIn(listIn(membersIn(type)?.['coding'])[0])?.['code'];
    return [{ system, value, type: textIn(code) ?? '' }];
  });
}

/** The official name, else the first, of those with a family name. */
function namingName(values: SlotValues): Members | undefined {
  const named = entriesOf(values, 'name').filter(({ family }) => family !== undefined);
  return named.find(({ use }) => use === 'official') ?? named[0];
}

function entriesOf(values: SlotValues, element: string): readonly Members[] {
  const entries: Members[] = [];
  const entry = `${element}:`;
  for (const [slot, value] of values) {
    if (slot !== element && !slot.startsWith(entry)) continue;
    for (const one of listIn(value)) {
      const members = membersIn(one);
      if (members !== undefined) entries.push(members);
    }
  }
  return entries;
}

function distinct(identifiers: readonly ClaimedIdentifier[]): readonly ClaimedIdentifier[] {
  if (identifiers.length === 1) return identifiers;
  const met = new Set<string>();
  return identifiers.filter(({ system, value }) => {
    const key = JSON.stringify([system, value]);
    return !met.has(key) && met.add(key);
  });
}

function isDeceased(value: Json | undefined): boolean | undefined {
  const { deceasedBoolean, deceasedDateTime } = membersIn(value) ?? {};
  if (deceasedDateTime !== undefined) return true;
  return typeof deceasedBoolean === 'boolean' ? deceasedBoolean : undefined;
}

function textIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function membersIn(value: Json | undefined): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}
