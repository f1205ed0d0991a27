import type { Repetition } from '@anamnesis/hl7v2';
import type { CodeableConcept, Coding } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import type { Draft } from '../draft.js';
import { spaced } from '../spaced.js';
import { codingSystem, tableSystem } from '../tables/coding-systems.js';
import { isListed } from '../tables/hl7-tables.js';
import { translate } from '../tables/translations.js';
import { detachedCopy, type ReadCode, readingKey, readOnce } from '../recent-readings.js';
import { reportLocal, translateLocal } from './translate-local.js';

/** A repetition, or a component whose subcomponents are the parts of a CWE. */
export type CodedParts = Pick<Repetition, 'text'> & Partial<Pick<Repetition, 'plain'>>;

/** A CWE in the subcomponents of a component. */
export function codedIn(component: ReturnType<Repetition['component']>): CodedParts {
  return { text: (n = 1) => component.sub(n) };
}

/** Where a code stands: names its system when the sender does not. */
export interface CodePlace {
  readonly draft: Draft;
  /** `OBX-3` */
  readonly location: string;
  /** HL7 table of the field, four digits. */
  readonly table?: string;
  /** Name of the coding system that another field gives (DG1-2 before 2.4). */
  readonly systemDefault?: string;
}

/**
 * CE, CNE, CWE and coded primitives: every coding received (1-3, and 4-6, a second one, not a fallback), and an added one
 * where a map knows what an HL7 code means in FHIR. `text` is the original text, else what was sent without any code.
 */
export function conceptOf(cwe: CodedParts, place: CodePlace): CodeableConcept | undefined {
  const { draft, location, table = '', systemDefault = '' } = place;
  const found = readOnce({
    recent: draft.context.recent?.concepts,
    key: readingKey(cwe.plain, `${location} ${table} ${systemDefault.length} ${systemDefault}`),
    read: () => readConcept(cwe, place),
    // What has no code is a text, and seldom comes again.
    lasting: (read) => (read.value.coding === undefined ? undefined : detachedCopy(read)),
  });
  if (found === undefined) return undefined;
  reportLocal(found.local, draft);
  return found.value;
}

function readConcept(cwe: CodedParts, place: CodePlace): ReadCode<CodeableConcept> | undefined {
  const primary = codingAt(cwe, 1, place);
  const codings = [primary, translationOf(primary, place), codingAt(cwe, 4, place), codingAt(cwe, 10, place)].filter(
    (coding) => coding !== undefined,
  );
  const uncoded = codings.length === 0 ? firstValued(cwe.text(2), cwe.text(5)) : undefined;
  const { added, local } = translateLocal(codings, place.draft, place.location);
  const value = compact({ coding: [...codings, ...added], text: valued(cwe.text(9)) ?? uncoded });
  return value && { value, local };
}

/** A code of an HL7 table or a text, made into a concept as a field would have it. */
export function conceptOfCode(code: string, place: CodePlace): CodeableConcept | undefined {
  const said = valued(code);
  if (said === undefined) return undefined;
  const coding = { system: systemAt('', said, place), code: spaced(said) };
  const codings = [coding, translationOf(coding, place)].filter((one) => one !== undefined);
  const { added, local } = translateLocal(codings, place.draft, place.location);
  reportLocal(local, place.draft);
  return { coding: [...codings, ...added] };
}

function codingAt(cwe: CodedParts, first: number, place: CodePlace): Coding | undefined {
  const code = valued(cwe.text(first));
  if (code === undefined) return undefined;
  const system = systemAt(valued(cwe.text(first + 2)) ?? '', code, place);
  return compact({ system, code: spaced(code), display: valued(cwe.text(first + 1)) });
}

function systemAt(sent: string, code: string, { draft, location, table, systemDefault = '' }: CodePlace): string {
  const name = sent === '' ? systemDefault : sent;
  if (name !== '') return codingSystem(name) ?? draft.localSystem(name);
  if (table !== undefined && isListed(table, code)) return tableSystem(table);
  return draft.localSystem(table ?? location);
}

function translationOf(coding: Coding | undefined, { table }: CodePlace): Coding | undefined {
  if (table === undefined || coding?.code === undefined || coding.system !== tableSystem(table)) return undefined;
  const translated = translate(table, coding.code);
  return translated && { ...translated, userSelected: false };
}
