import { within } from '../within.js';

export interface StepLimits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * What comes of `work`, unless the end comes first: on sockets that were cut kafkajs tries again for seconds. Rejects with
 * `Unavailable` when it takes too long.
 */
export async function unlessStopped<Result>(
  work: Promise<Result>,
  doing: string,
  { signal, timeoutMs }: StepLimits,
): Promise<Result> {
  const ending = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => {
      reject(new Error('stopped'));
    };
    signal.addEventListener('abort', stop, { once: true, signal: ending.signal });
  });
  try {
    return await within(Promise.race([work, stopped]), timeoutMs, doing);
  } finally {
    ending.abort();
  }
}
