import type { Coding } from '../../fhir-types.js';
import type { Draft } from '../draft.js';

const localPrefix = 'urn:anamnesis:';

/**
 * The standard codings that the source's own table has for its local codes: they stand beside what was sent and replace
 * nothing. Where a concept has none but local codes, each is reported.
 */
export function translateLocal(codings: readonly Coding[], draft: Draft, location: string): readonly Coding[] {
  const local = codings.filter(({ system }) => system?.startsWith(localPrefix) === true);
  if (local.length === 0) return local;
  const { context } = draft;
  const known = new Set(codings.map(nameOf));
  const added = local
    .flatMap(({ system = '', code = '' }) => context.translate?.(system, code) ?? [])
    .filter((one) => !known.has(nameOf(one)))
    .map((one) => ({ ...one, userSelected: false }));
  if (added.length === 0 && local.length === codings.length)
    for (const { system = '', code = '', display } of local)
      context.onLocalCode?.({ system, code, location, ...(display !== undefined && { display }) });
  return added;
}

function nameOf({ system = '', code = '' }: Coding): string {
  return JSON.stringify([system, code]);
}
