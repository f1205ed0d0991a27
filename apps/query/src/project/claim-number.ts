import type { ResourceCurrent } from '@anamnesis/store';
import { kindsOfRecords, NumberAliases } from './number-aliases.js';
import { namesOf, type Projection } from './projection.js';
import type { Stated } from './resource-fold.js';
import type { Speaker } from './reused-numbers.js';

/** What a piece of work knows of the resource that a number gives. */
export interface Claimed {
  readonly current: Pick<ResourceCurrent, 'recordKey'> | undefined;
  /** The first patient record of which this piece of work said something under the number. */
  speaker: Speaker | undefined;
}

/**
 * A message speaks of a patient record under a number. That another record has it is seen by whose the newest version of its
 * resource is; only then is the archive asked who came first.
 */
export async function claimNumber(
  projection: Projection,
  { resourceType, id, ...speaker }: Pick<Stated, 'resourceType' | 'id'> & Speaker,
  claimed: Claimed,
): Promise<void> {
  const { reused, manager } = projection;
  const isSame = ({ recordKey }: { readonly recordKey: string }) => recordKey === speaker.recordKey;
  const known = reused.rowsOf(id);
  if (known.some(isSame)) return;
  if (known.length === 0 && (claimed.current === undefined || isSame(claimed.current))) {
    claimed.speaker ??= speaker;
    return;
  }
  const earlier = known.length > 0 ? known : await speakersOf(projection, { resourceType, id }, claimed);
  if (earlier.length === 0) claimed.speaker = speaker;
  if (earlier.length === 0 || earlier.some(isSame)) return;
  reused.add({ resourceType, id }, speaker, earlier);
  const records = reused.rowsOf(id).map(({ recordKey }) => recordKey);
  reused.join(id, await NumberAliases.load(manager, records, kindsOfRecords));
}

/** Patient records of which something was said under a number that nobody is known to share yet, in order. */
async function speakersOf(
  projection: Projection,
  { resourceType, id }: Pick<Stated, 'resourceType' | 'id'>,
  { speaker }: Claimed,
): Promise<readonly Speaker[]> {
  const group = { resourceType, members: [id] };
  const { sayings } = await projection.sayings(await projection.seqsOf(group), namesOf(group));
  const found = new Map<string, Speaker>();
  for (const { seq, statements } of sayings)
    for (const { isOfPatient, recordKey } of statements)
      if (isOfPatient === true && !found.has(recordKey)) found.set(recordKey, { recordKey, seq });
  if (speaker !== undefined && !found.has(speaker.recordKey)) found.set(speaker.recordKey, speaker);
  return [...found.values()];
}
