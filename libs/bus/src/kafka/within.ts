import { Unavailable } from '@anamnesis/core';

/** The outcome of `work`, or `Unavailable` when it has none in time. The work itself is not stopped by that. */
export async function within<Result>(work: Promise<Result>, timeoutMs: number, doing: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Unavailable('bus', `${doing}: no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
