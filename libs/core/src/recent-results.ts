/**
 * Remembers what was computed of a text, at most the last `count` to twice as many: those not asked for again are
 * forgotten a generation at a time.
 */
export class RecentResults {
  #recent = new Map<string, string>();
  #older = new Map<string, string>();

  constructor(private readonly count: number) {}

  get(text: string, compute: (text: string) => string): string {
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    const result = this.#older.get(text) ?? compute(text);
    if (this.#recent.size >= this.count) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, result);
    return result;
  }
}
