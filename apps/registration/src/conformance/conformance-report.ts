import { Rejected, type SourcePhase } from '@anamnesis/core';
import { Source, SourceFinding, SourcePhaseChange, SourceTally } from '@anamnesis/store';
import { parseSourceFact } from '../facilities/source-fact.js';
import { isBlocking } from '../phases/blocking.js';
import { blockersOf, type BlockerView } from '../phases/blockers.js';
import type { Registration } from '../registration.js';

/** What a source does not keep of the rules. Nothing of a patient; nothing is refused for it but what says so. */
export interface ConformanceReport {
  readonly sourceId: string;
  readonly phase: SourcePhase;
  /** Of the phase (ISO 8601 UTC); null when it was certified from the start. */
  readonly since: string | null;
  /** It is in testing, and nothing holds it back. */
  readonly mayPass: boolean;
  /** Of a source in testing: what holds it back (`stands`), and what did or was accepted. */
  readonly blocking: readonly BlockerView[];
  /** Events of the source, to set the counts against. */
  readonly certified: number;
  /** Of those that it sent in testing: passed. */
  readonly tested: number;
  readonly refused: number;
  /** Most frequent first. */
  readonly findings: readonly FindingView[];
}

export interface FindingView {
  /** `field-required`, `data-type`, …; `refused-101` and the like refused the message, all others did not. */
  readonly rule: string;
  readonly severity: 'refusal' | 'warning';
  /** It holds a source in testing back. */
  readonly isBlocking: boolean;
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
  const source = await manager.findOneBy(Source, { id: sourceId });
  if (source === null) throw new Rejected('not-found', 'no such source');
  const { phase = 'certified' } = parseSourceFact(source);
  const step = await manager.findOne(SourcePhaseChange, { where: { sourceId }, order: { version: 'DESC' } });
  const tally = await manager.findOneBy(SourceTally, { sourceId });
  const rows = await manager.find(SourceFinding, {
    where: { sourceId },
    order: { count: 'DESC', lastAt: 'DESC', id: 'ASC' },
  });
  const blocking = phase === 'testing' ? await blockersOf(manager, sourceId) : [];
  const mayPass = phase === 'testing' && !blocking.some(({ stands }) => stands);
  const { certified, tested, refused } = tally ?? { certified: 0, tested: 0, refused: 0 };
  const since = step?.since ?? null;
  return { sourceId, phase, since, mayPass, blocking, certified, tested, refused, findings: rows.map(viewOf) };
}

function viewOf({ rule, location, text, shape, count, firstAt, lastAt, lastMessageId }: SourceFinding): FindingView {
  const severity = rule.startsWith('refused-') ? 'refusal' : 'warning';
  const counts = { count, firstAt, lastAt, lastControlId: lastMessageId };
  return { rule, severity, isBlocking: isBlocking(rule), location, text, shape, ...counts };
}
