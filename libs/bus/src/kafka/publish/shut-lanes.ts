/**
 * Lanes that take nothing for the rest of this turn of the event loop: callers hear of a failure within it, and not at
 * once, and nothing may overtake what they send again. Those who are refused meanwhile hear of it when the lanes open,
 * so a caller that tries again at once cannot keep the loop from turning.
 */
export class ShutLanes<Lane> {
  readonly #shut = new Set<Lane>();
  #opening: Promise<void> | undefined;

  has(lane: Lane): boolean {
    return this.#shut.has(lane);
  }

  /** Resolves when all of them are open again. */
  add(lanes: Iterable<Lane>): Promise<void> {
    for (const lane of lanes) this.#shut.add(lane);
    this.#opening ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#shut.clear();
        this.#opening = undefined;
        resolve();
      });
    });
    return this.#opening;
  }
}
