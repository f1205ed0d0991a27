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
    return this.lists(n, slot, (repetition) => {
      const value = read(repetition);
      return value === undefined ? [] : [value];
    });
  }

  /** The full list, of values of which a repetition has any number. */
  lists(n: number, slot: string, read: (repetition: Repetition) => readonly Json[]): this {
    return this.field(n, slot, ({ repetitions }) => {
      const said = repetitions.filter(({ isNull }) => !isNull).flatMap(read);
      return said.length > 0 ? said : undefined;
    });
  }

  #isReadable(field: Field, n: number): boolean {
    if (field.isEmpty) return false;
    if (field.isUndecodable) this.draft.warn(`undecodable bytes at ${this.segment.name}-${n}`);
    return !field.isUndecodable;
  }
}
