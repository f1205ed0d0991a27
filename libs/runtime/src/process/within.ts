import { Unavailable } from '@anamnesis/core';

/** The promise, or `Unavailable(dependency)` when it has not settled in time; it then settles unheard. */
export async function within<Result>(
  promise: Promise<Result>,
  { timeoutMs, dependency }: { readonly timeoutMs: number; readonly dependency: string },
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      fail(new Unavailable(dependency, `no answer in ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
