import type { LocalCode } from '@anamnesis/core';
import type { Coding } from '../../fhir-types.js';
import type { Draft } from '../draft.js';

const localPrefix = 'urn:anamnesis:';

/** What the source's own table says of its local codes. */
export interface Translated {
  /** Stand beside what was sent and replace nothing. */
  readonly added: readonly Coding[];
  /** The local codes of a concept that has none but such: to be reported. */
  readonly local: readonly LocalCode[];
}

const nothing: Translated = { added: [], local: [] };

export function translateLocal(codings: readonly Coding[], { context }: Draft, location: string): Translated {
  const own = codings.filter(({ system }) => system?.startsWith(localPrefix) === true);
  if (own.length === 0) return nothing;
  const translated = own.flatMap(({ system = '', code = '' }) => context.translate?.(system, code) ?? []);
  const known = new Set(codings.map(nameOf));
  const added = translated.filter((one) => !known.has(nameOf(one))).map((one) => ({ ...one, userSelected: false }));
  if (added.length > 0 || own.length < codings.length) return { added, local: [] };
  const local = own.map(({ system = '', code = '', display }) => ({
    system,
    code,
    location,
    ...(display !== undefined && { display }),
  }));
  return { added, local };
}

export function reportLocal(local: readonly LocalCode[], { context }: Draft): void {
  for (const code of local) context.onLocalCode?.(code);
}

function nameOf({ system = '', code = '' }: Coding): string {
  return JSON.stringify([system, code]);
}
