import type { Writable } from '@anamnesis/core';
import { type Repetition, unicodeOfZawgyi } from '@anamnesis/hl7v2';
import type { HumanName, Period } from '../../fhir-types.js';
import { valued, valuedAll } from '../compact.js';
import { codeMap } from '../tables/code-map.js';
import type { Times } from '../times.js';

/** HL7 table 0200 as the v2-to-FHIR guide maps it; other types stay without `use`. */
const nameUses = codeMap({
  BAD: 'old',
  D: 'usual',
  L: 'official',
  M: 'maiden',
  MSK: 'anonymous',
  N: 'nickname',
  NAV: 'temp',
  R: 'official',
  TEMP: 'temp',
});

/** XPN: given names are what stands in XPN.2 and XPN.3, never split at spaces (identity.md §5). */
export function humanName(xpn: Repetition, times: Times): HumanName | undefined {
  return nameIn(xpn, xpn.texts, times);
}

/** XPN and the name that its bearer is called by (XPN.15), which is a name of its own. */
export function humanNames(xpn: Repetition, times: Times): readonly HumanName[] {
  const parts = xpn.texts;
  const name = nameIn(xpn, parts, times);
  const called = valued(parts[14] ?? '');
  if (called === undefined) return name ? [name] : [];
  return [...(name ? [name] : []), { use: 'nickname', given: [called] }];
}

function nameIn(xpn: Repetition, parts: readonly string[], times: Times): HumanName | undefined {
  const name = partsOfName(parts, 0, parts[13]);
  const period = validity(xpn, times);
  return name && finished(name, xpn, { use: nameUses.get(parts[6] ?? ''), period });
}

/** XCN carries the parts of a name from its second component on. */
export function practitionerName(xcn: Repetition): HumanName | undefined {
  const parts = xcn.texts;
  const name = partsOfName(parts, 1, parts[20]);
  return name && finished(name, xcn, { use: nameUses.get(parts[9] ?? ''), period: undefined });
}

type NameParts = Pick<HumanName, 'family' | 'given' | 'prefix' | 'suffix'>;

/** The family name stands at `first`, the others behind it. Undefined where no part is said. */
function partsOfName(parts: readonly string[], first: number, professional = ''): NameParts | undefined {
  const at = (n: number) => parts[first + n] ?? '';
  const name: Writable<NameParts> = {};
  const family = valued(at(0));
  if (family !== undefined) name.family = family;
  const given = valuedAll([at(1), at(2)]);
  if (given.length > 0) name.given = given;
  const prefix = valuedAll([at(4)]);
  if (prefix.length > 0) name.prefix = prefix;
  const suffix = valuedAll([at(3), at(5), professional]);
  if (suffix.length > 0) name.suffix = suffix;
  return family === undefined && given.length + prefix.length + suffix.length === 0 ? undefined : name;
}

interface NameUse {
  readonly use: string | undefined;
  readonly period: Period | undefined;
}

/** Burmese sent in Zawgyi keeps its parts as sent, and says in `text` what they are in Unicode. */
function finished(name: NameParts, { plain }: Repetition, { use, period }: NameUse): HumanName {
  // What is nothing but ASCII is no Burmese.
  const text = plain === undefined ? unicodeOfZawgyi(nameText(name) ?? '') : undefined;
  if ((use ?? text ?? period) === undefined) return name;
  const finished: Writable<HumanName> = {};
  if (use !== undefined) finished.use = use;
  if (text !== undefined) finished.text = text;
  Object.assign(finished, name);
  if (period !== undefined) finished.period = period;
  return finished;
}

/** XPN.12, XPN.13; before 2.7 the range XPN.10. */
function validity(xpn: Repetition, times: Times): Period | undefined {
  if (xpn.componentCount < 10) return undefined;
  const range = xpn.component(10);
  return times.period(xpn.text(12), xpn.text(13)) ?? times.period(range.sub(1), range.sub(2));
}

/** A name on one line, for `display`. */
export function nameText(name: HumanName | undefined): string | undefined {
  if (name === undefined) return undefined;
  const { prefix = none, given = none, family, suffix = none } = name;
  return [...prefix, ...given, ...(family === undefined ? none : [family]), ...suffix].join(' ');
}

const none: readonly string[] = [];
