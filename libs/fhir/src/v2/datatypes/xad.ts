import type { Repetition } from '@anamnesis/hl7v2';
import type { Address, Period } from '../../fhir-types.js';
import { compact, valued, valuedAll } from '../compact.js';
import { codeMap } from '../tables/code-map.js';
import type { Times } from '../times.js';

/** HL7 table 0190 as the v2-to-FHIR guide maps it. BA means bad: not to be used any more. */
const addressUses = codeMap({
  B: 'work',
  BA: 'old',
  BI: 'billing',
  C: 'temp',
  H: 'home',
  O: 'work',
});

const addressTypes = codeMap({ M: 'postal', SH: 'postal' });

/**
 * The street is one component (2.2) or a SAD: its first part, then what of street name and dwelling number it does not
 * repeat (guide, SAD); number and name where that is all there is.
 */
function streetLines(street: ReturnType<Repetition['component']>): readonly string[] {
  if (street.subcomponentCount === 1) return [street.text];
  const [first, name, number] = [street.sub(1), street.sub(2), street.sub(3)];
  if (first === '') return [`${number} ${name}`.trim()];
  const words = new Set(first.toLowerCase().split(/\s+/));
  const isNew = (part: string) =>
    part
      .toLowerCase()
      .split(/\s+/)
      .some((word) => !words.has(word));
  return [first, ...[name, number].filter((part) => part !== '' && isNew(part))];
}

/** XAD; see `streetLines` for its first component. */
export function addressOf(xad: Repetition, times: Times): Address | undefined {
  const parts = xad.texts;
  const at = (n: number) => valued(parts[n - 1] ?? '');
  const line = valuedAll([...streetLines(xad.component(1)), parts[1] ?? '', parts[18] ?? '']);
  const [city, district, state, postalCode, country] = [at(3), at(9), at(4), at(5), at(6)];
  if (line.length === 0 && (city ?? district ?? state ?? postalCode ?? country) === undefined) return undefined;
  const kind = (parts[6] ?? '').trim();
  const [use, type] = [addressUses.get(kind), addressTypes.get(kind)];
  return compact({ use, type, line, city, district, state, postalCode, country, period: validity(xad, times) });
}

/** XAD.13, XAD.14; before 2.7 the range XAD.12. */
function validity(xad: Repetition, times: Times): Period | undefined {
  if (xad.componentCount < 12) return undefined;
  const range = xad.component(12);
  return times.period(xad.text(13), xad.text(14)) ?? times.period(range.sub(1), range.sub(2));
}
