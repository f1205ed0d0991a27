import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { Rejected, Unavailable } from '@anamnesis/core';
import type { FabricStep, FabricTrouble } from './fabric-options.js';
import { refusalIn, textOf, unavailable } from './failure.js';

/** Attempts of one step before the caller hears of it. */
const attemptsMax = 6;
const firstPauseMs = 100;
const pauseMsMax = 5_000;

/**
 * Full jitter, so that those who failed together do not come back together. Resolves to whether to go on: not, and at
 * once, when `signal` is aborted.
 */
export async function pause(attempt: number, signal: AbortSignal): Promise<boolean> {
  const ms = Math.random() * Math.min(firstPauseMs * 2 ** attempt, pauseMsMax);
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

export interface Attempts {
  readonly step: FabricStep;
  /** Aborted when the ledger closes: what is under way may end, but is not begun again. */
  readonly signal: AbortSignal;
  readonly report: (trouble: FabricTrouble) => void;
  /** Refusals that may pass, such as that of a peer which is a block behind. */
  readonly isTransient?: (refusal: Rejected) => boolean;
}

/** Not there yet: to be tried again like an error of the line. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/**
 * Repeats what may be repeated freely, a limited number of times. Throws `Rejected` for a final answer, `Unavailable` when
 * there was none.
 */
export async function attempt<T>(act: () => Promise<T>, { step, signal, report, isTransient }: Attempts): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await act();
    } catch (error) {
      const failure = failureOf(error);
      if (failure instanceof Rejected && !isTransient?.(failure)) throw failure;
      report({ step, message: textOf(failure), needsPerson: false });
      if (count < attemptsMax && (await pause(count, signal))) continue;
      throw unavailable(step, `gave up after ${count} attempts: ${textOf(failure)}`, failure);
    }
  }
}

/** What may be tried again, or a final answer. Throws everything else. */
function failureOf(error: unknown): GatewayError | NotYet | Rejected {
  if (error instanceof GatewayError) return refusalIn(error) ?? error;
  if (error instanceof NotYet || error instanceof Rejected) return error;
  throw isClosedClient(error) ? new Unavailable('ledger', 'the line to the peer is closed', { cause: error }) : error;
}

/** What gRPC throws for calls on a client that was closed, with the ledger or for a new line, before there is any call. */
export function isClosedClient(error: unknown): boolean {
  return error instanceof Error && /client has been closed|channel has been shut down/i.test(error.message);
}
