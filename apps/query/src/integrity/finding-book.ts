import { Injectable, Logger } from '@nestjs/common';
import { Metrics } from '@anamnesis/runtime';
import { IntegrityFinding } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { insertAll, select, selectIn } from '../archive/rows.js';
import type { Judgement } from './finding.js';

/** Findings as they stand, in the store, the log and the metrics. */
@Injectable()
export class FindingBook {
  readonly #logger = new Logger('integrity');
  readonly #open;

  constructor(metrics: Metrics) {
    this.#open = metrics.gauge('integrity_findings', 'Stored values that are not what the archive says they are');
  }

  /** Writes down what is new, and takes out what agrees again. Returns how many were found. */
  async note(manager: EntityManager, { subjects, findings }: Judgement): Promise<number> {
    const fresh = new Map(findings.map((finding) => [keyOf(finding), finding]));
    const sql = 'SELECT * FROM integrity_finding WHERE subject IN';
    const keys = [...subjects, ...findings.map(({ subject }) => subject)];
    const found = fresh.size;
    for (const known of await selectIn<IntegrityFinding>(manager, sql, { keys })) {
      if (fresh.get(keyOf(known))?.fault === known.fault) fresh.delete(keyOf(known));
      else await this.#close(manager, known);
    }
    const foundAt = new Date().toISOString();
    await insertAll(
      manager,
      IntegrityFinding,
      [...fresh.values()].map((finding) => ({ ...finding, foundAt })),
    );
    for (const { place, subject, fault } of fresh.values())
      this.#logger.error('integrity mismatch', { place, subject, fault });
    if (fresh.size > 0) await this.count(manager);
    return found;
  }

  async count(manager: EntityManager): Promise<void> {
    const [row] = await select<{ count: number | string }>(manager, 'SELECT COUNT(*) AS count FROM integrity_finding');
    this.#open.set(Number(row?.count ?? 0));
  }

  async #close(manager: EntityManager, { place, subject }: IntegrityFinding): Promise<void> {
    await manager.query('DELETE FROM integrity_finding WHERE place = ? AND subject = ?', [place, subject]);
    await this.count(manager);
  }
}

function keyOf({ place, subject }: Pick<IntegrityFinding, 'place' | 'subject'>): string {
  return `${place} ${subject}`;
}
