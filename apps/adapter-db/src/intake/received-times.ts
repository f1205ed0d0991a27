/** Rows whose times are remembered; of more, those that are past. */
const rememberedMax = 1000;

/**
 * When each change was received, by our clock (ISO 8601 UTC): later, for one row, with each of its changes. Their order
 * is told by it where the source's own time is the same.
 */
export class ReceivedTimes {
  readonly #lastMs = new Map<string, number>();
  #said = { atMs: NaN, text: '' };

  next(row: string): string {
    const nowMs = Date.now();
    const atMs = Math.max(nowMs, (this.#lastMs.get(row) ?? 0) + 1);
    this.#lastMs.set(row, atMs);
    if (this.#lastMs.size > rememberedMax) this.#forgetBefore(nowMs);
    // Several in one millisecond.
    if (this.#said.atMs !== atMs) this.#said = { atMs, text: new Date(atMs).toISOString() };
    return this.#said.text;
  }

  #forgetBefore(nowMs: number): void {
    for (const [row, atMs] of this.#lastMs) if (atMs < nowMs) this.#lastMs.delete(row);
  }
}
