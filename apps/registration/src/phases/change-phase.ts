import { Rejected, type SourceFact, type SourcePhase } from '@anamnesis/core';
import { Source, SourceBlocker, SourcePhaseChange } from '@anamnesis/store';
import { parseSourceFact } from '../facilities/source-fact.js';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { awaitJudged } from './await-judged.js';
import { blockerId, nothingTaken, stands } from './blocking.js';
import { blockersOf, type BlockerView, viewOf } from './blockers.js';
import { keepPhase } from './keep-phase.js';
import { begun } from './note-heard.js';

const listMax = 1000;

/** Who asks for a step, and why. */
export interface Asked {
  /** Role and token. */
  readonly by: string;
  readonly reason: string;
}

/** Against certification: these findings stand. */
export class HeldBack extends Rejected {
  constructor(readonly blocking: readonly BlockerView[]) {
    super('conflict', `${blocking.length} blocking findings stand`);
  }

  override get details() {
    return { blocking: this.blocking };
  }
}

/**
 * What the source sends from now on is taken into the test history. Asked for again, testing begins anew: what held the
 * source back is forgotten, and so is what was accepted.
 */
export async function startTesting(registration: Registration, id: string, asked: Asked): Promise<SourceFact> {
  return registration.change(async (turn) => {
    const source = await sourceOf(turn, id);
    await turn.manager.delete(SourceBlocker, { sourceId: id });
    const begin = { finding: nothingTaken, messageType: '', at: turn.at };
    await turn.manager.insert(SourceBlocker, begun(id, blockerId(nothingTaken, ''), begin));
    return step(turn, source, { phase: 'testing', asked });
  });
}

/**
 * What the source sends from now on is taken into the history of patients; what it sent before stays in the test history.
 * Throws `HeldBack`, `Rejected('conflict')` for a source that is not in testing, and `Unavailable` while messages that came
 * before are still to be judged.
 */
export async function certifySource(registration: Registration, id: string, asked: Asked): Promise<SourceFact> {
  await awaitJudged(registration.bus);
  return registration.change(async (turn) => {
    const source = await sourceOf(turn, id);
    if (source.phase !== 'testing') throw new Rejected('conflict', 'the source is not in testing');
    const blockers = await blockersOf(turn.manager, id);
    const standing = blockers.filter((one) => one.stands);
    if (standing.length > 0) throw new HeldBack(standing);
    return step(turn, source, { phase: 'certified', asked, accepted: blockers.filter((one) => one.accepted !== null) });
  });
}

/** Lets a source pass in spite of a finding. Throws `Rejected('conflict')` when it does not stand. */
export async function acceptBlocker(
  registration: Registration,
  { sourceId, findingId }: { readonly sourceId: string; readonly findingId: string },
  { by, reason }: Asked,
): Promise<BlockerView> {
  return registration.change(async ({ manager, at }) => {
    const row = await manager.findOneBy(SourceBlocker, { sourceId, id: findingId });
    if (row === null) throw new Rejected('not-found', 'no such finding of this source');
    if (!stands(row)) throw new Rejected('conflict', 'the finding does not hold the source back');
    const accepted = { acceptedAt: at, acceptedBy: by, acceptedReason: reason };
    await manager.update(SourceBlocker, { sourceId, id: findingId }, accepted);
    return viewOf(Object.assign(row, accepted));
  });
}

/** The steps of a source, oldest first. */
export async function listPhases({ store }: Registration, sourceId: string): Promise<readonly PhaseView[]> {
  const { manager } = store.reader;
  if (!(await manager.existsBy(Source, { id: sourceId }))) throw new Rejected('not-found', 'no such source');
  const rows = await manager.find(SourcePhaseChange, {
    where: { sourceId },
    order: { version: 'ASC' },
    take: listMax,
  });
  return rows.map(({ version, phase, since, changedBy, reason, accepted }) => ({
    ...{ version, phase, since, by: changedBy, reason },
    accepted: accepted === null ? [] : (JSON.parse(accepted) as BlockerView[]),
  }));
}

/** A step of a source from one phase to the next. */
export interface PhaseView {
  readonly version: number;
  readonly phase: SourcePhase;
  /** ISO 8601 UTC. Holds for what the bus takes from then on. */
  readonly since: string;
  /** Role and token; `registration` where nobody asked. */
  readonly by: string;
  readonly reason: string;
  /** Findings in spite of which it passed. */
  readonly accepted: readonly BlockerView[];
}

async function sourceOf({ manager }: Turn, id: string): Promise<SourceFact> {
  const row = await manager.findOneBy(Source, { id });
  if (row === null) throw new Rejected('not-found', 'no such source');
  return parseSourceFact(row);
}

interface Step {
  readonly phase: SourcePhase;
  readonly asked: Asked;
  readonly accepted?: readonly BlockerView[];
}

async function step(turn: Turn, source: SourceFact, { phase, asked, accepted = [] }: Step): Promise<SourceFact> {
  const fact: SourceFact = { ...source, phase };
  await keepPhase(turn, fact, { ...asked, accepted: accepted.length === 0 ? null : JSON.stringify(accepted) });
  await turn.manager.update(Source, { id: source.id }, { fact: JSON.stringify(fact) });
  turn.announceFact(fact);
  return fact;
}
