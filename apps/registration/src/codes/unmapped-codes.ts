import { Rejected } from '@anamnesis/core';
import { Source, UnmappedCode } from '@anamnesis/store';
import { parseSourceFact } from '../facilities/source-fact.js';
import type { Registration } from '../registration.js';
import { unmappedCodesMax } from './count-local-codes.js';

/** The codes of a source that somebody has to translate, most frequent first. */
export interface UnmappedCodes {
  readonly sourceId: string;
  /** Of the table that holds; 0 where there is none. */
  readonly tableVersion: number;
  /** False: more kinds came than are listed. */
  readonly isComplete: boolean;
  readonly codes: readonly UnmappedCodeView[];
}

export interface UnmappedCodeView {
  /** As a row of the table names it. */
  readonly system: string;
  readonly code: string;
  readonly display: string | null;
  /** `OBX-3` */
  readonly location: string;
  /** Messages. */
  readonly count: number;
  /** ISO 8601 UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** What the table names by now is done, and left out. */
export async function unmappedCodes({ store }: Registration, sourceId: string): Promise<UnmappedCodes> {
  const { manager } = store.reader;
  const source = await manager.findOneBy(Source, { id: sourceId });
  if (source === null) throw new Rejected('not-found', 'no such source');
  const { codes } = parseSourceFact(source);
  const done = new Set(codes?.rows.map(nameOf));
  const rows = await manager.find(UnmappedCode, {
    where: { sourceId },
    order: { count: 'DESC', lastAt: 'DESC', id: 'ASC' },
  });
  return {
    sourceId,
    tableVersion: codes?.version ?? 0,
    isComplete: rows.length < unmappedCodesMax,
    codes: rows.filter((row) => !done.has(nameOf(row))).map(viewOf),
  };
}

function viewOf({ system, code, display, location, count, firstAt, lastAt }: UnmappedCode): UnmappedCodeView {
  return { system, code, display, location, count, firstAt, lastAt };
}

function nameOf({ system, code }: { readonly system: string; readonly code: string }): string {
  return JSON.stringify([system, code]);
}
