import { Rejected } from '@anamnesis/core';
import { readCorrections } from '@anamnesis/fhir';
import { CorrectionsSwitch, CorrectionsVersion, insertRows, Source } from '@anamnesis/store';
import { parseSourceFact } from '../facilities/source-fact.js';
import type { Registration } from '../registration.js';

export interface NewCorrections {
  /** The latest version that the author has seen; 0 where there is none. */
  readonly replaces: number;
  /** YAML or JSON. */
  readonly file: string;
  readonly reason: string;
}

/** A version as an operator sees it. */
export interface CorrectionsView {
  readonly sourceId: string;
  readonly version: number;
  /** SHA-256 of the file, lower-case hex: what a preview of it names. */
  readonly digest: string;
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

/** All versions of a source and which of them was on when, newest first. */
export interface CorrectionsHistory {
  readonly sourceId: string;
  /** Applied now; 0 = none. */
  readonly activeVersion: number;
  readonly versions: readonly CorrectionsView[];
  readonly switches: readonly CorrectionsSwitch[];
}

const listMax = 1000;

/**
 * Keeps the next version of a source's file; it changes nothing until it is switched on. Throws
 * `Rejected('invalid-request')` with every place that is wrong, and `Rejected('conflict')` when another version came in
 * between.
 */
export async function addCorrections(
  registration: Registration,
  sourceId: string,
  { replaces, file, reason }: NewCorrections,
): Promise<CorrectionsView> {
  const { digest } = readCorrections(file);
  return registration.change(async ({ manager, at }) => {
    if (!(await manager.existsBy(Source, { id: sourceId }))) throw new Rejected('not-found', 'no such source');
    const latest = (await manager.maximum(CorrectionsVersion, 'version', { sourceId })) ?? 0;
    if (latest !== replaces) throw new Rejected('conflict', `the latest version is ${latest} by now`);
    const row = { sourceId, version: latest + 1, digest, file, reason, createdAt: at };
    await insertRows(manager, CorrectionsVersion, [row]);
    return viewOf(row);
  });
}

/** One version with its file. */
export async function findCorrections(
  { store }: Registration,
  sourceId: string,
  version: number,
): Promise<CorrectionsView & { readonly file: string }> {
  const row = await store.reader.manager.findOneBy(CorrectionsVersion, { sourceId, version });
  if (row === null) throw new Rejected('not-found', 'the source has no such corrections file');
  return { ...viewOf(row), file: row.file };
}

export async function correctionsHistory({ store }: Registration, sourceId: string): Promise<CorrectionsHistory> {
  const { manager } = store.reader;
  const source = await manager.findOneBy(Source, { id: sourceId });
  if (source === null) throw new Rejected('not-found', 'no such source');
  const newest = { where: { sourceId }, take: listMax };
  const versions = await manager.find(CorrectionsVersion, { ...newest, order: { version: 'DESC' } });
  const switches = await manager.find(CorrectionsSwitch, { ...newest, order: { ordinal: 'DESC' } });
  const activeVersion = parseSourceFact(source).corrections?.version ?? 0;
  return { sourceId, activeVersion, versions: versions.map(viewOf), switches };
}

function viewOf({ sourceId, version, digest, reason, createdAt }: CorrectionsView): CorrectionsView {
  return { sourceId, version, digest, reason, createdAt };
}
