import type { ChartAssertion, ReusedNumber } from '@anamnesis/store';
import { NumberAliases } from '../project/number-aliases.js';

/** What is read together with a resource, as the archive goes on. */
export interface Grouping {
  /** Itself first. */
  members(): readonly string[];
  /** Whether the resource may be read together with others by it than before. */
  take(assertion: ChartAssertion): boolean;
  /** The archive has come to this place. */
  reach(seq: number): void;
}

/** Of a visit or account: what its merges lead to it. */
export class MergedGrouping implements Grouping {
  readonly #aliases = new NumberAliases();

  constructor(private readonly id: string) {}

  members(): readonly string[] {
    return this.#aliases.membersOf(this.id);
  }

  take(merge: ChartAssertion): boolean {
    if (!this.#aliases.take(merge)) return false;
    return merge.firstKey === this.id || this.#aliases.survivorsOf(merge.firstKey).includes(this.id);
  }

  reach(): void {
    // Merges are all that tells.
  }
}

/** Of a number's resource: those of records of the same person that came to the number later. */
export class ReusedGrouping implements Grouping {
  readonly #links = new NumberAliases();
  #seq = 0;

  constructor(
    private readonly id: string,
    /** In the order in which records came to the number. */
    private readonly rows: readonly ReusedNumber[],
  ) {}

  members(): readonly string[] {
    const others = this.rows.filter((row) => row.memberId !== this.id && this.survivorOf(row) === this.id);
    return [...new Set([this.id, ...others.map(({ memberId }) => memberId)])];
  }

  take(assertion: ChartAssertion): boolean {
    return this.#links.take(assertion);
  }

  reach(seq: number): void {
    this.#seq = seq;
  }

  /** Whose number's resource is read as which; by the records that have come so far. */
  survivorOf({ recordKey }: ReusedNumber): string | undefined {
    const person = this.#links.connectedWith(recordKey);
    return this.rows.find((one) => one.seq <= this.#seq && person.has(one.recordKey))?.memberId;
  }
}
