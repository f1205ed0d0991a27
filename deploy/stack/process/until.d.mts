/** Repeats `look` until it no longer throws; throws its last error at the deadline. */
export function until<Result>(
  what: string,
  look: () => Promise<Result>,
  options: { deadlineMs: number },
): Promise<Result>;
