import { assemble } from '@anamnesis/fhir';
import type { HistoryReader } from '../../history/history-reader.js';
import type { StoredVersion } from '../../history/history-types.js';
import type { FhirResource } from '../fhir-json.js';
import { tagsOf, withMeta } from './meta.js';
import { resolveNumbers, toSurvivors } from './number-references.js';
import { resolveReferences, toPersons } from './patient-references.js';

/**
 * Stored versions as they are served: assembled, with `meta`, their patients named by person, their visits and accounts by
 * what they are read as. What does not open (erased, altered) is left out: the caller says so. Source Patients are tagged `source`.
 */
export async function renderStored(
  reader: HistoryReader,
  versions: readonly StoredVersion[],
): Promise<readonly { readonly version: StoredVersion; readonly resource: FhirResource }[]> {
  const assembled = versions.flatMap((version) => {
    const { state } = version;
    return state === undefined ? [] : [{ version, resource: assemble(state.resourceType, state.id, state.slots) }];
  });
  const resources = assembled.map(({ resource }) => resource);
  const persons = await resolveReferences(reader, resources);
  const survivors = await resolveNumbers(reader, resources);
  return assembled.map(({ version, resource }) => {
    const tags = [...(version.resourceType === 'Patient' ? (['source'] as const) : []), ...tagsOf(version)];
    const { versionId, lastUpdated, eventId, remapped } = version;
    const rendered = toSurvivors(toPersons(resource, persons), survivors) as FhirResource;
    return { version, resource: withMeta(rendered, { versionId, lastUpdated, eventId, tags, remapped }) };
  });
}
