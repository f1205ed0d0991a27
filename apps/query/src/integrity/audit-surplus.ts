import type { EntityManager } from 'typeorm';
import { select, selectIn } from '../archive/rows.js';
import type { Judged } from './audit-entry.js';
import type { Finding, Judgement } from './finding.js';

const rowsAtOnce = 1000;

/** Rows that nothing in the archive accounts for, after everything in it was judged. */
export async function auditSurplus(manager: EntityManager, judged: Judged): Promise<Judgement> {
  return {
    subjects: [],
    findings: [...(await surplusResources(manager, judged)), ...(await surplusMessages(manager))],
  };
}

async function surplusResources(manager: EntityManager, judged: Judged): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let after = '';
  for (;;) {
    // Types do not repeat an id: it is derived from the type too.
    const rows = await select<{ resourceType: string; resourceId: string; eventId: string; seq: number }>(
      manager,
      `SELECT resourceType, resourceId, MIN(eventId) AS eventId, MIN(seq) AS seq FROM resource_version
        WHERE resourceId > ? GROUP BY resourceId, resourceType ORDER BY resourceId LIMIT ${rowsAtOnce}`,
      [after],
    );
    const unknown = rows.filter(({ resourceType, resourceId }) => !judged.has(`${resourceType}/${resourceId}`));
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
    after = last.resourceId;
  }
}

async function surplusMessages(manager: EntityManager): Promise<readonly Finding[]> {
  const rows = await select<{ id: string; eventId: string | null }>(
    manager,
    `SELECT m.id, m.eventId FROM message m LEFT JOIN archive_entry a ON a.seq = m.seq WHERE a.seq IS NULL LIMIT ${rowsAtOnce}`,
  );
  return rows.map(({ id, eventId }) => ({ place: 'message', subject: id, eventId, fault: 'surplus' as const }));
}
