import type { HistoryReader } from '../../history/history-reader.js';
import type { MergedVersion, StoredVersion } from '../../history/history-types.js';
import { mayBeReadAs } from '../../project/read-as.js';
import type { FhirResource } from '../fhir-json.js';
import { type RenderedPatient, renderMerged } from '../render/merged-patient.js';
import { type ProvenanceTarget, provenanceOf } from '../render/provenance.js';
import { numberTargets } from './number-targets.js';

export interface FoundProvenance {
  readonly resource: FhirResource;
  /** Ids of the persons that it names. */
  readonly persons: readonly string[];
}

/**
 * Provenance of events, in the order given; an event that is unknown, or of which nothing is served, has none. The
 * values that a merged Patient owes to an event are named by their element ids.
 */
export async function readProvenance(
  reader: HistoryReader,
  eventIds: readonly string[],
  origin: string,
): Promise<readonly FoundProvenance[]> {
  const unique = [...new Set(eventIds)];
  const facts = await reader.eventFacts(unique);
  const merged = new Map<string, RenderedPatient>();
  const found: FoundProvenance[] = [];
  for (const eventId of unique) {
    const fact = facts.get(eventId);
    if (fact === undefined) continue;
    const versions = await reader.resourcesOf(eventId);
    const patients = await personsOf(reader, versions, merged);
    const targets = [
      ...versions.flatMap((version) => targetsOf(version, { eventId, patients, merged })),
      ...(await numberTargets(reader, versions)),
    ];
    if (targets.length === 0) continue;
    found.push({ resource: provenanceOf(fact, targets, origin), persons: [...new Set(patients.values())] });
  }
  return found;
}

/** Events that a stored version owes its values to. */
export function eventsOf({ eventId, state }: StoredVersion): readonly string[] {
  return [...new Set([eventId, ...Object.values(state?.sources ?? {}).map((source) => source.eventId)])];
}

/** Events that a merged view owes its values to. */
export function eventsOfMerged(merged: MergedVersion, { elements }: RenderedPatient): readonly string[] {
  const { eventId } = merged.cause;
  return [...new Set([...(eventId === undefined ? [] : [eventId]), ...elements.map(({ source }) => source.eventId)])];
}

/** Person by the id of each source Patient among the versions; fills `merged` with views not read yet. */
async function personsOf(
  reader: HistoryReader,
  versions: readonly StoredVersion[],
  merged: Map<string, RenderedPatient>,
): Promise<ReadonlyMap<string, string>> {
  const persons = new Map<string, string>();
  for (const { resourceType, id } of versions) {
    if (resourceType !== 'Patient') continue;
    const person = await reader.resolvePatient(id);
    if (person !== undefined) persons.set(id, person.personId);
  }
  const missing = [...new Set(persons.values())].filter((personId) => !merged.has(personId));
  const views = missing.length === 0 ? new Map<string, MergedVersion>() : await reader.readMergedAll(missing);
  for (const [personId, view] of views) merged.set(personId, renderMerged(view));
  return persons;
}

interface Context {
  readonly eventId: string;
  readonly patients: ReadonlyMap<string, string>;
  readonly merged: ReadonlyMap<string, RenderedPatient>;
}

function targetsOf(version: StoredVersion, { eventId, patients, merged }: Context): readonly ProvenanceTarget[] {
  const { resourceType, id } = version;
  if (mayBeReadAs(resourceType)) return [];
  if (resourceType !== 'Patient') return [{ reference: `${resourceType}/${id}` }];
  const personId = patients.get(id);
  if (personId === undefined) return [];
  const elements = (merged.get(personId)?.elements ?? [])
    .filter(({ recordId, source }) => recordId === id && source.eventId === eventId)
    .map(({ elementId }) => elementId);
  return [{ reference: `Patient/${personId}`, elements }];
}
