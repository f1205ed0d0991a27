/**
 * Resolves as `work` does, or as soon as the signal is aborted: what is then under way is left to itself. A ledger that does
 * not answer must not keep a process from ending well.
 */
export async function orStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
