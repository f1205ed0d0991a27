import type { Json } from '@anamnesis/core';
import type { Field, Repetition, Segment } from '@anamnesis/hl7v2';
import type { Draft } from './draft.js';
import type { Slots } from './slots.js';

/** Reads fields of one segment into slots: empty leaves, `""` removes, undecodable is flagged (hl7v2.md §6, C5). */
export class SlotReader {
  constructor(
    readonly draft: Draft,
    readonly segment: Segment,
    readonly slots: Slots,
  ) {}

  /** One value of the whole field. */
  field(n: number, slot: string, read: (field: Field) => Json | undefined): this {
    const field = this.#readable(n, slot);
    if (field !== undefined) this.#take(n, slot, read(field));
    return this;
  }

  /** One value of the first repetition. */
  first(n: number, slot: string, read: (repetition: Repetition) => Json | undefined): this {
    const repetition = this.#readable(n, slot)?.repetitions[0];
    if (repetition !== undefined) this.#take(n, slot, read(repetition));
    return this;
  }

  /** The full list (N2): one value per repetition. */
  list(n: number, slot: string, read: (repetition: Repetition) => Json | undefined): this {
    const field = this.#readable(n, slot);
    if (field === undefined) return this;
    const said: Json[] = [];
    for (const repetition of field.repetitions) {
      const value = repetition.isNull ? undefined : read(repetition);
      if (value !== undefined) said.push(value);
    }
    this.#take(n, slot, said.length > 0 ? said : undefined);
    return this;
  }

  /** The full list, of values of which a repetition has any number. */
  lists(n: number, slot: string, read: (repetition: Repetition) => readonly Json[]): this {
    const field = this.#readable(n, slot);
    if (field === undefined) return this;
    const said: Json[] = [];
    for (const repetition of field.repetitions) if (!repetition.isNull) said.push(...read(repetition));
    this.#take(n, slot, said.length > 0 ? said : undefined);
    return this;
  }

  /** Undefined where nothing is said, or the slot is to be removed. */
  #readable(n: number, slot: string): Field | undefined {
    const field = this.segment.field(n);
    if (field.isEmpty) return undefined;
    if (field.isNull) {
      this.slots.remove(slot);
      return undefined;
    }
    if (!field.isUndecodable) return field;
    this.draft.warn(`undecodable bytes at ${this.segment.name}-${n}`);
    return undefined;
  }

  #take(n: number, slot: string, value: Json | undefined): void {
    if (value === undefined) this.draft.warn(`${this.segment.name}-${n} does not map`);
    this.slots.set(slot, value);
  }
}
