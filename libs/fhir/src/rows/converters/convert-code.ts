import { localCodeLengths, type RowValue } from '@anamnesis/core';
import type { CodeableConcept, Coding } from '../../fhir-types.js';
import { compact } from '../../v2/compact.js';
import { gender } from '../../v2/tables/gender.js';
import type { LocalCodeMeaning } from '../mapping-file.js';
import { cleanText, convertText } from './convert-plain.js';
import { columnText, Fault, meaningOf, onlyText, type Place } from './converter.js';

/** A text, or what the source's own table says that it means; where FHIR has a fixed set of codes, one of them. */
export function convertCoded(values: readonly RowValue[], place: Place): string | undefined | Fault {
  if (place.codes === undefined) return listed(convertText(values, place), place);
  const text = onlyText(values);
  if (text instanceof Fault) return text;
  const meaning = meaningOf(text, place.codes) ?? place.options.otherwise;
  return meaning === undefined ? unknownCode() : listed(codeOf(meaning), place);
}

/** HL7 table 0001, FHIR's own words, and what the source's table says. */
export function convertSex(values: readonly RowValue[], { codes, options }: Place): string | Fault {
  const text = onlyText(values);
  if (text instanceof Fault) return text;
  const meaning = meaningOf(text, codes);
  return (meaning === undefined ? gender(text) : codeOf(meaning)) ?? options.otherwise ?? unknownCode();
}

/**
 * A coded value. What the source's own table knows stands first and the local code beside it; what nobody knows is local
 * (`urn:anamnesis:<facility>:<table.column>`), to be translated later like a local code of a message.
 */
export function convertConcept(
  values: readonly RowValue[],
  place: Place,
): CodeableConcept | Coding | undefined | Fault {
  const text = values.length === 0 ? '' : onlyText(values);
  if (text instanceof Fault) return text;
  const code = cleanText(text, 'code');
  if (code instanceof Fault) return code;
  const coding = code === undefined ? [] : codingsOf(code, place);
  if (coding instanceof Fault) return coding;
  if (place.type.name === 'Coding') return coding[0];
  const meaning = code === undefined ? undefined : meaningOf(code, place.codes);
  const words = typeof meaning === 'object' ? meaning.text : undefined;
  return compact({ coding, text: columnText(place.options.textColumn, place) ?? words });
}

function codingsOf(code: string, place: Place): readonly Coding[] | Fault {
  const { options, codes } = place;
  const display = columnText(options.displayColumn, place) ?? options.display;
  if (codes !== undefined) {
    const meaning = meaningOf(code, codes) ?? options.otherwise;
    if (meaning !== undefined) return meant(meaning, code, place);
    if (options.system !== undefined) return unknownCode();
  } else if (options.system !== undefined) return codings({ system: options.system, code, display });
  return local(code, display, place);
}

/** Told as a code that nobody knows, unless the source's table of codes translates it. */
function local(code: string, display: string | undefined, place: Place): readonly Coding[] {
  const { context, location } = place;
  const system = localSystem(place);
  const known = context.translate?.(system, code) ?? [];
  if (known.length === 0)
    context.onLocalCode?.({
      system,
      code,
      location: location.slice(0, localCodeLengths.location),
      ...(display !== undefined && { display }),
    });
  return [...codings({ system, code, display }), ...known.map((one) => ({ ...one, userSelected: false }))];
}

/** A meaning without system is a code of the system that the rule names. */
function meant(meaning: LocalCodeMeaning, code: string, place: Place): readonly Coding[] {
  const { system = localSystem(place), display } = place.options;
  const standard = typeof meaning === 'string' ? { system, code: meaning, display } : { ...meaning, text: undefined };
  return [...codings(standard), ...codings({ system: localSystem(place), code, display: undefined })];
}

function codings(parts: { readonly system: string; readonly code: string; readonly display?: string | undefined }) {
  const { system, code, display } = parts;
  return [{ system, code, ...(display !== undefined && { display }) }];
}

function localSystem({ context, location }: Place): string {
  return `urn:anamnesis:${encodeURIComponent(context.facility)}:${encodeURIComponent(location)}`;
}

function codeOf(meaning: LocalCodeMeaning): string {
  return typeof meaning === 'string' ? meaning : meaning.code;
}

function listed(value: string | undefined | Fault, { type }: Place): string | undefined | Fault {
  return typeof value !== 'string' || type.codes === undefined || type.codes.includes(value) ? value : unknownCode();
}

function unknownCode(): Fault {
  return new Fault('row-code', 'a code that no table knows');
}
