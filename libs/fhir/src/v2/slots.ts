import type { Json } from '@anamnesis/core';

/** The slots that one event fills and removes in one resource. */
export class Slots {
  readonly values: Record<string, Json>;
  /** A few at most: each once, in the order in which they were removed. */
  #removed: readonly string[] = nothing;
  #isSet = false;

  constructor(values: Record<string, Json> = {}) {
    this.values = values;
  }

  /**
   * Of a resource whose slots have names that no other has, ids in them: an object without a prototype is a table from the
   * first member on, and the engine makes no class of objects for each new name.
   */
  static ofOwnNames(): Slots {
    return new Slots(Object.create(null) as Record<string, Json>);
  }

  /** Nothing said (undefined, an empty list) leaves the slot alone. */
  set(slot: string, value: Json | undefined): this {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return this;
    this.values[slot] = value;
    this.#isSet = true;
    if (this.#removed.length > 0) this.#keep(slot);
    return this;
  }

  /** Different ones; a slot that was set stays set. */
  remove(...slots: readonly string[]): this {
    const gone = slots.filter((slot) => !(slot in this.values) && !this.#removed.includes(slot));
    if (gone.length > 0) this.#removed = this.#removed.length === 0 ? gone : [...this.#removed, ...gone];
    return this;
  }

  /** Says nothing of these after all: neither a value nor its removal. */
  forget(slots: readonly string[]): this {
    for (const slot of slots) {
      Reflect.deleteProperty(this.values, slot);
      this.#keep(slot);
    }
    this.#isSet &&= Object.keys(this.values).length > 0;
    return this;
  }

  get removed(): readonly string[] {
    return this.#removed;
  }

  get isEmpty(): boolean {
    return !this.#isSet && this.#removed.length === 0;
  }

  #keep(slot: string): void {
    if (this.#removed.includes(slot)) this.#removed = this.#removed.filter((one) => one !== slot);
  }
}

const nothing: readonly string[] = [];
