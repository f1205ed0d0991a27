/** What comes of `work`, unless `signal` fires first; the work itself is not stopped by that. Rejects with the signal's reason. */
export async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const ending = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const refuse = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) refuse();
    signal.addEventListener('abort', refuse, { signal: ending.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    ending.abort();
  }
}
