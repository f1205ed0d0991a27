import { Rejected } from '@anamnesis/core';
import { Decision, insertOnce, Source, SourceObservation, SourceTally } from '@anamnesis/store';
import { IsNull } from 'typeorm';
import type { Registration } from '../registration.js';

/** How a source is doing. Numbers of the adapters are those since each adapter instance started. */
export interface SourceStatus {
  readonly sourceId: string;
  /** ISO 8601 UTC; null before the first. */
  readonly lastMessageAt: string | null;
  /** Events. */
  readonly certified: number;
  /** Events that passed while the source was in testing. */
  readonly tested: number;
  readonly refused: number;
  /** Messages that carried the control id of another message. */
  readonly controlIdReuses: number;
  /** When the oldest certified event that no ledger entry covers yet was certified; null when all are covered. */
  readonly oldestNotAnchoredAt: string | null;
  /** Answers given to the sender, by acknowledgement code. */
  readonly answers: Readonly<Record<string, number>>;
  /** The slowest adapter's; null when none has said. */
  readonly ackMsP99: number | null;
}

export interface Observation {
  readonly adapter: string;
  readonly answers: Readonly<Record<string, number>>;
  readonly ackMsP99: number;
  readonly lastMessageAt?: string;
}

/** Keeps what an adapter instance says of a source; the latest holds. */
export async function observe({ store }: Registration, sourceId: string, observation: Observation): Promise<void> {
  const { adapter, answers, ackMsP99, lastMessageAt } = observation;
  await store.transaction(async (manager) => {
    if (!(await manager.existsBy(Source, { id: sourceId }))) throw new Rejected('not-found', 'no such source');
    const said = {
      answers: JSON.stringify(answers),
      ackMsP99: Math.round(ackMsP99),
      lastMessageAt: lastMessageAt === undefined ? null : new Date(lastMessageAt).toISOString(),
      observedAt: new Date().toISOString(),
    };
    const { affected } = await manager.update(SourceObservation, { sourceId, adapter }, said);
    if (affected === 0) await insertOnce(manager, SourceObservation, { sourceId, adapter, ...said });
  });
}

const nothing = { certified: 0, tested: 0, refused: 0, controlIdReuses: 0 };

export async function sourceStatus({ store }: Registration, sourceId: string): Promise<SourceStatus> {
  const { manager } = store.reader;
  if (!(await manager.existsBy(Source, { id: sourceId }))) throw new Rejected('not-found', 'no such source');
  const tally = await manager.findOneBy(SourceTally, { sourceId });
  const observations = await manager.findBy(SourceObservation, { sourceId });
  const oldest = await manager.findOne(Decision, {
    select: { eventId: true, generation: true, decidedAt: true },
    where: { sourceId, outcome: 'certified', anchoredAt: IsNull() },
    order: { decidedAt: 'ASC' },
  });
  const { certified, tested, refused, controlIdReuses } = tally ?? nothing;
  return {
    sourceId,
    lastMessageAt: latest([tally?.lastMessageAt, ...observations.map((one) => one.lastMessageAt)]),
    certified,
    tested,
    refused,
    controlIdReuses,
    oldestNotAnchoredAt: oldest?.decidedAt ?? null,
    answers: sumOf(observations),
    ackMsP99: observations.length === 0 ? null : Math.max(...observations.map((one) => one.ackMsP99)),
  };
}

function latest(times: readonly (string | null | undefined)[]): string | null {
  const known = times.filter((time) => typeof time === 'string').sort();
  return known.at(-1) ?? null;
}

function sumOf(observations: readonly SourceObservation[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { answers } of observations)
    for (const [code, count] of Object.entries(JSON.parse(answers) as Record<string, number>))
      total[code] = (total[code] ?? 0) + count;
  return total;
}
