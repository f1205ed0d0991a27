import { canonicalJson, type Json, type Mapped, type SourceFact } from '@anamnesis/core';
import { sourceContext } from '@anamnesis/fhir';
import type { Message } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import type { Archive, NewEntry, ReadEntry } from '../archive/archive.js';
import { selectIn } from '../archive/rows.js';
import { type FactOf, factOf } from '../project/facts.js';
import { certifiedKey, remappedKey } from '../project/judge-facts.js';
import { resourceName } from '../project/resource-fold.js';
import type { KnownSources } from './known-sources.js';
import { mapAgain } from './map-again.js';

/** Events of a source, some of them, that are to be mapped again. */
export interface RemapTask {
  readonly manager: EntityManager;
  readonly archive: Archive;
  readonly sources: KnownSources;
  readonly source: SourceFact;
  readonly deploymentKey: Uint8Array;
  /** In the order of the archive. */
  readonly events: readonly Pick<Message, 'id' | 'seq'>[];
  breathe(): Promise<void>;
  /** Told when the mapping itself failed: the event stays as it is. */
  readonly onDefect: (eventId: string, defect: unknown) => void;
}

export interface RemappedPage {
  /** To be archived: what says something else now. */
  readonly entries: readonly NewEntry[];
  /** Events that stay as they are because they cannot be mapped again as the same event. */
  readonly kept: number;
}

const nothing = new Uint8Array(0);

/** Maps events again from their bytes; changes nothing. What was erased, or does not open, stays as it is. */
export async function remapPage(task: RemapTask): Promise<RemappedPage> {
  const ids = task.events.map(({ id }) => id);
  const certified = await task.archive.byKey(task.manager, ids.map(certifiedKey));
  const present = await presentOf(task, ids);
  const entries: NewEntry[] = [];
  let kept = task.events.length - certified.length;
  for (const entry of certified) {
    await task.breathe();
    const fact = factOf(entry);
    const again = fact?.kind === 'certified' ? remapOne(task, fact, present) : 'kept';
    if (again === 'kept') kept += 1;
    else if (again !== 'same') entries.push(again);
  }
  return { entries, kept };
}

/** What each of the events says by its newest mapping, where it is not the one of its intake. */
async function presentOf(
  { manager, archive }: RemapTask,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Mapped | undefined>> {
  const sql = 'SELECT eventId, MAX(seq) AS seq FROM remapped_event WHERE eventId IN';
  const rows = await selectIn<{ eventId: string; seq: number }>(manager, sql, { keys, last: 'GROUP BY eventId' });
  const entries = await archive.bySeq(
    manager,
    rows.map(({ seq }) => seq),
  );
  const bySeq = new Map<number, ReadEntry>(entries.map((entry) => [entry.seq, entry]));
  return new Map(
    rows.map(({ eventId, seq }) => {
      const entry = bySeq.get(seq);
      const fact = entry && factOf(entry);
      return [eventId, fact?.kind === 'remapped' ? fact.header.event.resources : undefined];
    }),
  );
}

function remapOne(
  task: RemapTask,
  fact: FactOf<'certified'>,
  present: ReadonlyMap<string, Mapped | undefined>,
): NewEntry | 'same' | 'kept' {
  const { event, certification } = fact.header;
  const { id, receivedAt, identity } = event;
  const before = present.has(id) ? present.get(id) : event.resources;
  const mapped = before && mapOrKeep(task, fact, before);
  if (before === undefined || mapped === undefined) return 'kept';
  const changed = changedBetween(before, mapped);
  if (changed.length === 0) return 'same';
  const tableVersion = task.source.codes?.version ?? 0;
  const resources = { ...mapped, tableVersion };
  return {
    kind: 'remapped',
    entryKey: remappedKey(id, { mappingVersion: mapped.version, tableVersion }),
    recordKey: certification.recordKey,
    header: {
      event: { id, receivedAt, resources, ...(identity?.merges && { identity: { merges: identity.merges } }) },
      certification: { recordKey: certification.recordKey },
      changed,
    } satisfies FactOf<'remapped'>['header'],
    raw: nothing,
  };
}

function mapOrKeep(
  { source, sources: authorities, deploymentKey, onDefect }: RemapTask,
  { header: { event }, raw }: FactOf<'certified'>,
  before: Mapped,
): Mapped | undefined {
  const context = sourceContext({ source, authorities, deploymentKey, receivedAt: event.receivedAt });
  try {
    return mapAgain({ event, raw }, before, { context, corrections: source.corrections });
  } catch (defect) {
    onDefect(event.id, defect);
    return undefined;
  }
}

/** Resources of which the later mapping says something else, or something at all. */
function changedBetween(before: Mapped, after: Mapped): readonly string[] {
  const [told, tells] = [textsOf(before), textsOf(after)];
  return [...tells.keys()].filter((name) => told.get(name) !== tells.get(name));
}

/** What is said of each resource, as the archive holds it, and in which place. */
function textsOf({ statements }: Mapped): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [position, statement] of statements.entries()) {
    const text = canonicalJson(JSON.parse(JSON.stringify([position, statement])) as Json);
    texts.set(resourceName(statement), `${texts.get(resourceName(statement)) ?? ''}${text}\n`);
  }
  return texts;
}
