import { Decision, TestDecision } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import { isNearCertification, isTestAt, type PhaseStep } from '../phases/phase-at.js';
import type { RegistryCache } from './registry-cache.js';
import type { CheckedEvent } from './case.js';

export interface Histories {
  /** Of patients. */
  readonly real: readonly CheckedEvent[];
  readonly test: readonly CheckedEvent[];
}

/**
 * Which history each event belongs to, whenever it is judged: that of tests when its source was in testing as the bus took
 * it, or as far as its adapter knew. What was decided already stays where it is; bytes that a source sent in testing and sends
 * again when certified are two events.
 */
export async function splitHistories(
  cache: RegistryCache,
  turn: Turn,
  events: readonly CheckedEvent[],
): Promise<Histories> {
  await cache.load(turn, {
    bindings: events.map(({ event }) => event.source),
    serials: events.map(({ event }) => event.signature.certificateSerial),
    systems: [],
  });
  const inTesting = events.filter(
    (one) => one.event.history === 'test' || stepsOf(cache, one).some((steps) => isTestAt(steps, appendedAtOf(one))),
  );
  const near = events.filter((one) =>
    stepsOf(cache, one).some((steps) => isNearCertification(steps, appendedAtOf(one))),
  );
  const decided = await decidedAmong(turn, inTesting);
  const isTested = await testedAmong(turn, [...inTesting, ...near]);
  const isUndecided = new Set(inTesting.filter(({ event }) => !decided.has(event.id)));
  const test = events.filter((one) => isUndecided.has(one) || isTested(one));
  const isTest = new Set(test);
  return { real: events.filter((one) => !isTest.has(one)), test };
}

/** Of the source that the event names, and of the one whose certificate it carries, where they have any. */
function stepsOf(cache: RegistryCache, { event }: CheckedEvent): readonly (readonly PhaseStep[])[] {
  const named = cache.sourceOf(event.source)?.id;
  const holder = cache.certificate(event.signature.certificateSerial)?.sourceId;
  return [named, holder].map((id) => cache.phases(id ?? '')).filter((steps) => steps.length > 0);
}

async function decidedAmong({ manager }: Turn, events: readonly CheckedEvent[]): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set();
  const rows = await manager.find(Decision, {
    select: { eventId: true, generation: true },
    where: { eventId: In(events.map(({ event }) => event.id)) },
  });
  return new Set(rows.map(({ eventId }) => eventId));
}

/** The very record was taken for a test before: by then its bytes came again for patients, or the clocks differ. */
async function testedAmong({ manager }: Turn, events: readonly CheckedEvent[]) {
  const keys = events.map(({ event }) => event.id);
  const rows =
    keys.length === 0
      ? []
      : await manager.find(TestDecision, {
          select: { eventId: true, appendedAt: true },
          where: { eventId: In(keys) },
        });
  const times = new Map(rows.map(({ eventId, appendedAt }) => [eventId, appendedAt]));
  return (one: CheckedEvent) => times.get(one.event.id) === appendedAtOf(one);
}

function appendedAtOf({ record }: CheckedEvent): string {
  return record.appendedAt.toISOString();
}
