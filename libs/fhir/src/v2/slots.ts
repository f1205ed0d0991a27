import type { Json } from '@anamnesis/core';
import type { Field, Repetition, Segment } from '@anamnesis/hl7v2';
import type { Draft } from './draft.js';

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

  /** Makes a unit of these slots: what this event does not say, it takes away (hl7v2.md R1). */
  replaceWhole(slots: readonly string[]): this {
    return this.remove(...slots);
  }

  get removed(): readonly string[] {
    return [...this.#removed];
  }

  get isEmpty(): boolean {
    return this.#removed.size === 0 && Object.keys(this.values).length === 0;
  }
}

/** Reads fields of one segment into slots: empty leaves, `""` removes, undecodable is flagged (hl7v2.md §6, C5). */
export class SlotReader {
  constructor(
    readonly draft: Draft,
    readonly segment: Segment,
    readonly slots: Slots,
  ) {}

  /** One value of the whole field. */
  field(n: number, slot: string, read: (field: Field) => Json | undefined): this {
    const field = this.segment.field(n);
    if (field.isNull) this.slots.remove(slot);
    else if (this.#isReadable(field, n)) {
      const value = read(field);
      if (value === undefined) this.draft.warn(`${this.segment.name}-${n} does not map`);
      this.slots.set(slot, value);
    }
    return this;
  }

  /** One value of the first repetition. */
  first(n: number, slot: string, read: (repetition: Repetition) => Json | undefined): this {
    return this.field(n, slot, ({ repetitions: [repetition] }) => repetition && read(repetition));
  }

  /** The full list (N2): one value per repetition. */
  list(n: number, slot: string, read: (repetition: Repetition) => Json | undefined): this {
    return this.field(n, slot, ({ repetitions }) => {
      const values = repetitions.filter(({ isNull }) => !isNull).map(read);
      const said = values.filter((value) => value !== undefined);
      return said.length > 0 ? said : undefined;
    });
  }

  #isReadable(field: Field, n: number): boolean {
    if (field.isEmpty) return false;
    if (field.isUndecodable) this.draft.warn(`undecodable bytes at ${this.segment.name}-${n}`);
    return !field.isUndecodable;
  }
}
