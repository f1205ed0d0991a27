/** Between the first two lines that say the same; then twice as long each time, up to the longest. */
const [waitMsMin, waitMsMax] = [60_000, 6 * 60 * 60 * 1000];
/** Things that are remembered; then all are new again. */
const thingsMax = 1000;

interface Said {
  readonly dueAtMs: number;
  readonly waitMs: number;
}

/** Whether to say again what goes on and on: at once when it is new, then seldom and ever more seldom. */
export class Reminders {
  readonly #said = new Map<string, Said>();

  constructor(private readonly now: () => number) {}

  /** True: say it now. */
  isDue(thing: string): boolean {
    const now = this.now();
    const said = this.#said.get(thing);
    if (said !== undefined && now < said.dueAtMs) return false;
    if (said === undefined && this.#said.size === thingsMax) this.#said.clear();
    const waitMs = said === undefined ? waitMsMin : Math.min(said.waitMs * 2, waitMsMax);
    this.#said.set(thing, { dueAtMs: now + waitMs, waitMs });
    return true;
  }

  /** It is over: the next time it is new. */
  forget(thing: string): void {
    this.#said.delete(thing);
  }
}
