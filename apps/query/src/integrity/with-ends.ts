import type { Projection, Saying } from '../project/projection.js';
import { endsIn, resourceName } from '../project/resource-fold.js';

interface ResourceReference {
  readonly resourceType: string;
  readonly id: string;
}

/** Ids of the Patients whose lists have the resource. */
export function listersOf(sayings: readonly Saying[]): readonly string[] {
  return [...new Set(sayings.flatMap(({ statements }) => statements.flatMap(({ listed }) => listed?.patientId ?? [])))];
}

/** `type/id` of the resource and of those Patients, and the archive entries that say something of them. */
export async function listedSayings(
  projection: Projection,
  resource: ResourceReference,
  { seqs, listers }: { readonly seqs: readonly number[]; readonly listers: readonly string[] },
): Promise<{ readonly sayings: readonly Saying[]; readonly isIncomplete: boolean }> {
  const patients = { resourceType: 'Patient', members: listers };
  const all = new Set([...seqs, ...(await projection.seqsOf(patients))]);
  const names = [resource, ...listers.map((id) => ({ resourceType: 'Patient', id }))].map(resourceName);
  const { sayings, isIncomplete } = await projection.sayings([...all], new Set(names));
  return { sayings: sayings.map((saying) => withEnds(saying, resource)), isIncomplete };
}

/** What an entry says of the patient, as what it ends of the resource. */
function withEnds(saying: Saying, resource: ResourceReference): Saying {
  const name = resourceName(resource);
  const statements = saying.statements.flatMap((one) => (resourceName(one) === name ? [one] : endsIn([one], resource)));
  return { ...saying, statements, changed: new Set(saying.changed.size > 0 ? [name] : []) };
}
