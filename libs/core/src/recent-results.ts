/**
 * Remembers what was made of a text, at most the last `count` to twice as many: those not asked for again are forgotten a
 * generation at a time.
 */
export class RecentResults<Value = string> {
  #recent = new Map<string, Value>();
  #older = new Map<string, Value>();

  constructor(private readonly count: number) {}

  get(text: string, compute: (text: string) => Value): Value {
    const known = this.find(text);
    if (known !== undefined) return known;
    const result = compute(text);
    this.keep(text, result);
    return result;
  }

  find(text: string): Value | undefined {
    const known = this.#recent.get(text);
    if (known !== undefined) return known;
    const older = this.#older.get(text);
    if (older !== undefined) this.keep(text, older);
    return older;
  }

  keep(text: string, result: Value): void {
    if (this.#recent.size >= this.count) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, result);
  }
}
