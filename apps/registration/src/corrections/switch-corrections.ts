import { type CorrectionsPreview, readPreviewToken, Rejected, type SourceFact } from '@anamnesis/core';
import { readCorrections } from '@anamnesis/fhir';
import { CorrectionsSwitch, CorrectionsVersion, insertRows, Source } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { parseSourceFact } from '../facilities/source-fact.js';
import type { Registration } from '../registration.js';

export interface CorrectionsChoice {
  /** 0 = none: messages are read as they come. */
  readonly version: number;
  /** What query answered to a preview of that version; not needed for 0. */
  readonly preview?: string;
  readonly reason: string;
}

/**
 * Switches a version on, an older one too, or all of them off, and tells the adapters: what comes from then on is read with
 * it, what came before stays as it was. Throws `Rejected('conflict')` without a preview of that very file on messages of this
 * source, `Rejected('invalid-token')` for one that query did not make or that is too old.
 */
export async function switchCorrections(
  registration: Registration,
  sourceId: string,
  { version, preview, reason }: CorrectionsChoice,
): Promise<CorrectionsSwitch> {
  return registration.change(async (turn) => {
    const { manager, at } = turn;
    const row = await manager.findOneBy(Source, { id: sourceId });
    if (row === null) throw new Rejected('not-found', 'no such source');
    const { corrections: _, ...without } = parseSourceFact(row);
    const stored = version === 0 ? undefined : await storedVersion(manager, sourceId, version);
    const seen = stored && seenIn(registration, preview, stored);
    const fact: SourceFact =
      stored === undefined ? without : { ...without, corrections: { version, ...readCorrections(stored.file) } };
    const before = (await manager.maximum(CorrectionsSwitch, 'ordinal', { sourceId })) ?? 0;
    const choice: CorrectionsSwitch = {
      ...{ sourceId, ordinal: before + 1, version, reason, createdAt: at },
      ...{ previewedMessages: seen?.messages ?? 0, previewedAt: seen?.previewedAt ?? null },
    };
    await insertRows(manager, CorrectionsSwitch, [choice]);
    await manager.update(Source, { id: sourceId }, { fact: JSON.stringify(fact) });
    turn.announceFact(fact);
    return choice;
  });
}

async function storedVersion(manager: EntityManager, sourceId: string, version: number): Promise<CorrectionsVersion> {
  const row = await manager.findOneBy(CorrectionsVersion, { sourceId, version });
  if (row === null) throw new Rejected('not-found', 'the source has no such corrections file');
  return row;
}

function seenIn(
  { keys }: Registration,
  token: string | undefined,
  { sourceId, digest }: CorrectionsVersion,
): CorrectionsPreview {
  if (token === undefined) throw new Rejected('conflict', 'the version was not previewed: POST /messages/corrections');
  const preview = readPreviewToken(keys.deploymentKey, token);
  if (preview.sourceId !== sourceId) throw new Rejected('conflict', 'the preview is of another source');
  if (preview.digest !== digest) throw new Rejected('conflict', 'the preview is of another file');
  return preview;
}
