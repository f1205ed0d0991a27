import { type CodeTable, type CodeTranslation, Rejected, type SourceFact } from '@anamnesis/core';
import { CodeTableVersion, insertRows, Source } from '@anamnesis/store';
import { parseSourceFact } from '../facilities/source-fact.js';
import type { Registration } from '../registration.js';

export interface NewCodeTable {
  /** The version that the operator has seen; 0 where there is none. */
  readonly replaces: number;
  readonly rows: readonly CodeTranslation[];
  readonly reason: string;
}

/** A version as an operator sees it. */
export interface CodeTableView extends CodeTable {
  readonly sourceId: string;
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

/**
 * Makes the next version of a source's table and announces it: adapters map with it what comes from then on, and query maps
 * again what came before. Throws `Rejected('conflict')` when another version came in between.
 */
export async function setCodeTable(
  registration: Registration,
  sourceId: string,
  { replaces, rows, reason }: NewCodeTable,
): Promise<CodeTableView> {
  refuseTwice(rows);
  return registration.change(async (turn) => {
    const row = await turn.manager.findOneBy(Source, { id: sourceId });
    if (row === null) throw new Rejected('not-found', 'no such source');
    const before = parseSourceFact(row);
    const current = before.codes?.version ?? 0;
    if (current !== replaces) throw new Rejected('conflict', `the table has version ${current} by now`);
    const codes: CodeTable = { version: current + 1, rows };
    const fact: SourceFact = { ...before, codes };
    const stored = { sourceId, version: codes.version, translations: JSON.stringify(rows), reason, createdAt: turn.at };
    await insertRows(turn.manager, CodeTableVersion, [stored]);
    await turn.manager.update(Source, { id: sourceId }, { fact: JSON.stringify(fact) });
    turn.announceFact(fact);
    return { sourceId, ...codes, reason, createdAt: turn.at };
  });
}

/** One version, the latest where none is named. */
export async function findCodeTable(
  { store }: Registration,
  sourceId: string,
  version?: number,
): Promise<CodeTableView> {
  const row = await store.reader.manager.findOne(CodeTableVersion, {
    where: { sourceId, ...(version !== undefined && { version }) },
    order: { version: 'DESC' },
  });
  if (row === null) throw new Rejected('not-found', 'the source has no such table');
  const { translations, reason, createdAt } = row;
  return { sourceId, version: row.version, rows: JSON.parse(translations) as CodeTranslation[], reason, createdAt };
}

/** One code may mean something in several systems, but one thing in each. */
function refuseTwice(rows: readonly CodeTranslation[]): void {
  const names = new Set(rows.map(({ system, code, to }) => JSON.stringify([system, code, to.system])));
  if (names.size < rows.length) throw new Rejected('invalid-request', 'a code is translated twice into one system');
}
