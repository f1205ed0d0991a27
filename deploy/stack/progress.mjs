/** Runs one step and tells `log` how long it took. */
export async function step(log, title, work) {
  const startedAt = performance.now();
  const result = await work();
  log(`${title}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

export function silent() {
  // who wants progress passes a log
}
