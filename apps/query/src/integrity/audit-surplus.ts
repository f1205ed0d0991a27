import type { EntityManager } from 'typeorm';
import { select, selectIn } from '../archive/rows.js';
import type { Judged } from './audit-entry.js';
import type { Finding, Judgement } from './finding.js';

const rowsAtOnce = 1000;

/** Rows that nothing in the archive accounts for, after everything in it was judged. */
export async function auditSurplus(manager: EntityManager, judged: Judged): Promise<Judgement> {
  return {
    subjects: [],
    findings: [
      ...(await surplusResources(manager, judged)),
      ...(await surplusMessages(manager, 'message')),
      ...(await surplusMessages(manager, 'test_message')),
    ],
  };
}

async function surplusResources(manager: EntityManager, judged: Judged): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let [afterType, afterId] = ['', ''];
  for (;;) {
    const rows = await select<{ resourceType: string; resourceId: string; eventId: string; seq: number }>(
      manager,
      `SELECT resourceType, resourceId, MIN(eventId) AS eventId, MIN(seq) AS seq FROM resource_version
        WHERE resourceType > ? OR (resourceType = ? AND resourceId > ?)
        GROUP BY resourceType, resourceId ORDER BY resourceType, resourceId LIMIT ${rowsAtOnce}`,
      [afterType, afterType, afterId],
    );
    const unknown = rows.filter(({ resourceType, resourceId }) => !judged.names.has(`${resourceType}/${resourceId}`));
    const entries = await selectIn<{ seq: number }>(manager, 'SELECT seq FROM archive_entry WHERE seq IN', {
      keys: unknown.map(({ seq }) => seq),
    });
    // What was projected since the audit began is not judged yet, and has its entry.
    const known = new Set(entries.map(({ seq }) => seq));
    for (const { resourceType, resourceId, eventId, seq } of unknown)
      if (!known.has(seq))
        findings.push({
          place: 'resource_version',
          subject: `${resourceType}/${resourceId}`,
          eventId,
          fault: 'surplus',
        });
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return findings;
    [afterType, afterId] = [last.resourceType, last.resourceId];
  }
}

async function surplusMessages(manager: EntityManager, table: 'message' | 'test_message'): Promise<readonly Finding[]> {
  const eventIdColumn = table === 'message' ? 'eventId' : 'id';
  const findings: Finding[] = [];
  let after = '';
  for (;;) {
    const rows = await select<{ id: string; eventId: string | null; entry: number | null }>(
      manager,
      `SELECT m.id, m.${eventIdColumn} AS eventId, a.seq AS entry FROM ${table} m LEFT JOIN archive_entry a ON a.seq = m.seq
        WHERE m.id > ? ORDER BY m.id LIMIT ${rowsAtOnce}`,
      [after],
    );
    for (const { id, eventId, entry } of rows)
      if (entry === null) findings.push({ place: table, subject: id, eventId, fault: 'surplus' });
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce || findings.length > rowsAtOnce) return findings;
    after = last.id;
  }
}
