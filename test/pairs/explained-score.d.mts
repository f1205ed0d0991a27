import type { Explanation } from './explanations/index.mjs';
import type { Entry } from './facts.mjs';
import type { SentMessage } from './message.mjs';

export interface ExplainedScore {
  /** All their facts, explained or not. */
  theirs: number;
  expected: number;
  ours: number;
  met: number;
  /** Differences without an explanation. */
  open: string[];
}
export interface Pair {
  readonly message: SentMessage;
  readonly theirs: readonly object[];
  readonly expected: readonly Entry[];
  readonly ours: readonly Entry[];
}
export function scoreExplained(
  scores: Map<string, ExplainedScore>,
  taken: Map<Explanation, { missed: number; 'only ours': number }>,
  pair: Pair,
): void;
