import type { SourcePhase } from '@anamnesis/core';

/** A step of a source, as far as it decides on events. */
export interface PhaseStep {
  readonly phase: SourcePhase;
  /** ISO 8601 UTC. */
  readonly since: string;
}

/**
 * By how much the clocks of bus and registration may differ: within it, what an event was taken for the first time holds.
 */
export const clockSkewMsMax = 10 * 60_000;

/** The step that held at a time; undefined before the first one, when the source was as good as certified. */
export function stepAt<Step extends PhaseStep>(steps: readonly Step[], at: string): Step | undefined {
  return steps.findLast(({ since }) => since <= at);
}

/** Does what the bus took at this time belong to the test history? A draft is not let in at all: never to patients. */
export function isTestAt(steps: readonly PhaseStep[], at: string): boolean {
  return (stepAt(steps, at)?.phase ?? 'certified') !== 'certified';
}

/** Did the source become certified so shortly before that a redelivery may be judged by another phase than at first? */
export function isNearCertification(steps: readonly PhaseStep[], at: string): boolean {
  const step = stepAt(steps, at);
  return step?.phase === 'certified' && Date.parse(at) - Date.parse(step.since) < clockSkewMsMax;
}
