import { type Repetition, unicodeOfZawgyi } from '@anamnesis/hl7v2';
import type { HumanName, Period } from '../../fhir-types.js';
import { compact, valued, valuedAll } from '../compact.js';
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
  return nameFrom(xpn, {
    first: 1,
    use: nameUses.get(xpn.text(7)),
    period: validity(xpn, times),
    professional: xpn.text(14),
  });
}

/** XPN and the name that its bearer is called by (XPN.15), which is a name of its own. */
export function humanNames(xpn: Repetition, times: Times): readonly HumanName[] {
  const called = valued(xpn.text(15));
  const name = humanName(xpn, times);
  return [...(name ? [name] : []), ...(called === undefined ? [] : [{ use: 'nickname', given: [called] }])];
}

/** XCN carries the parts of a name from its second component on. */
export function practitionerName(xcn: Repetition): HumanName | undefined {
  return nameFrom(xcn, { first: 2, use: nameUses.get(xcn.text(10)), period: undefined, professional: xcn.text(21) });
}

interface NamePlace {
  readonly first: number;
  readonly use: string | undefined;
  readonly period: Period | undefined;
  readonly professional: string;
}

function nameFrom(repetition: Repetition, { first, use, period, professional }: NamePlace): HumanName | undefined {
  const family = valued(repetition.text(first));
  const given = valuedAll([repetition.text(first + 1), repetition.text(first + 2)]);
  const prefix = valuedAll([repetition.text(first + 4)]);
  const suffix = valuedAll([repetition.text(first + 3), repetition.text(first + 5), professional]);
  if (family === undefined && given.length + prefix.length + suffix.length === 0) return undefined;
  const text = unicodeText({ ...(family !== undefined && { family }), given, prefix, suffix });
  return compact({ use, text, family, given, prefix, suffix, period });
}

/** Burmese sent in Zawgyi keeps its parts as sent, and says in `text` what they are in Unicode. */
function unicodeText(name: HumanName): string | undefined {
  return unicodeOfZawgyi(nameText(name) ?? '');
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
  const parts = [...(name.prefix ?? []), ...(name.given ?? []), name.family, ...(name.suffix ?? [])];
  return parts.filter((part) => part !== undefined).join(' ');
}
