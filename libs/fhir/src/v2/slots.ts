import type { Json } from '@anamnesis/core';

/** The slots that one event fills and removes in one resource. */
export class Slots {
  readonly values: Record<string, Json> = {};
  readonly #removed = new Set<string>();

  /** Nothing said (undefined, an empty list) leaves the slot alone. */
  set(slot: string, value: Json | undefined): this {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return this;
    this.values[slot] = value;
    this.#removed.delete(slot);
    return this;
  }

  /** A slot that was set stays set. */
  remove(...slots: readonly string[]): this {
    for (const slot of slots) if (!(slot in this.values)) this.#removed.add(slot);
    return this;
  }

  /** Says nothing of these after all: neither a value nor its removal. */
  forget(slots: readonly string[]): this {
    for (const slot of slots) {
      Reflect.deleteProperty(this.values, slot);
      this.#removed.delete(slot);
    }
    return this;
  }

  get removed(): readonly string[] {
    return [...this.#removed];
  }

  get isEmpty(): boolean {
    return this.#removed.size === 0 && Object.keys(this.values).length === 0;
  }
}
