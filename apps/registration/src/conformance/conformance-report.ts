import { Rejected } from '@anamnesis/core';
import { Source, SourceFinding, SourceTally } from '@anamnesis/store';
import type { Registration } from '../registration.js';

/** What a source does not keep of the rules. Nothing of a patient; nothing is refused for it but what says so. */
export interface ConformanceReport {
  readonly sourceId: string;
  /** Events of the source, to set the counts against. */
  readonly certified: number;
  readonly refused: number;
  /** Most frequent first. */
  readonly findings: readonly FindingView[];
}

export interface FindingView {
  /** `field-required`, `data-type`, …; `refused-101` and the like refused the message, all others did not. */
  readonly rule: string;
  readonly severity: 'refusal' | 'warning';
  /** `PID-7`, `PID-3.4`, `PV1`; empty when the whole message is meant. */
  readonly location: string;
  readonly text: string;
  /** What the latest value at fault looks like; null where there is none. */
  readonly shape: string | null;
  /** Messages. */
  readonly count: number;
  /** ISO 8601 UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** MSH-10 of the latest. */
  readonly lastControlId: string;
}

export async function conformanceReport({ store }: Registration, sourceId: string): Promise<ConformanceReport> {
  const { manager } = store.reader;
  if (!(await manager.existsBy(Source, { id: sourceId }))) throw new Rejected('not-found', 'no such source');
  const tally = await manager.findOneBy(SourceTally, { sourceId });
  const rows = await manager.find(SourceFinding, {
    where: { sourceId },
    order: { count: 'DESC', lastAt: 'DESC', id: 'ASC' },
  });
  return { sourceId, certified: tally?.certified ?? 0, refused: tally?.refused ?? 0, findings: rows.map(viewOf) };
}

function viewOf({ rule, location, text, shape, count, firstAt, lastAt, lastMessageId }: SourceFinding): FindingView {
  const severity = rule.startsWith('refused-') ? 'refusal' : 'warning';
  return { rule, severity, location, text, shape, count, firstAt, lastAt, lastControlId: lastMessageId };
}
