import type { Json } from '../canonical-json.js';
import { compareOrder, type OrderedStatement, type StatementOrder } from './ordered-statement.js';
import type { ResourceState } from './resource-state.js';
import { orderOf, sorted, sourceOf } from './state-parts.js';

/** What one more statement makes of a resource. */
export interface Placed {
  /** All statements up to it; what `foldStatements` makes of these. */
  readonly past: ResourceState;
  /** All statements; `past` itself, when it is the last of them. */
  readonly present: ResourceState;
}

/** What a statement says of one slot; without a value: that it is deleted. */
interface Word {
  readonly order: StatementOrder;
  readonly value: Json | undefined;
}

type Named = Pick<ResourceState, 'resourceType' | 'id'>;

/**
 * The last statements about a resource, after a state that all others add up to. One more is put in its place among them
 * without folding them again, however many there are: of each slot the last word before it is looked up. Only for statements
 * that do nothing but add to what was said: none that cancels, withdraws, lists or is listed.
 */
export class RecentStatements {
  readonly #words = new Map<string, Word[]>();
  /** In order. */
  readonly #orders: StatementOrder[] = [];
  #base: ResourceState | undefined;

  /** `base`: what was stated before; absent when nothing was. */
  constructor(
    private readonly named: Named,
    base?: ResourceState,
  ) {
    this.#base = base;
  }

  get count(): number {
    return this.#orders.length;
  }

  /** What all add up to; undefined before the first. */
  get present(): ResourceState | undefined {
    const last = this.#orders.at(-1);
    return last === undefined ? this.#base : this.#stateAt(last);
  }

  /** Undefined when the statement has no place here, and nothing is changed: all have to be folded again. */
  place(statement: OrderedStatement): Placed | undefined {
    const order = orderOf(statement);
    if (!isPlain(statement) || !isPlainState(this.#base) || !this.#isAfterBase(order)) return undefined;
    const at = countUntil(this.#orders, order, (one) => one);
    const before = this.#orders[at - 1];
    if (before !== undefined && compareOrder(before, order) === 0) return undefined;
    this.#orders.splice(at, 0, order);
    this.#sayAll(statement, order);
    const past = this.#stateAt(order);
    const last = this.#orders.at(-1) ?? order;
    return { past, present: last === order ? past : this.#stateAt(last) };
  }

  /** Keeps the last `count` statements: no other can be placed before these any more. */
  keepLast(count: number): void {
    const cut = this.#orders[this.#orders.length - count - 1];
    if (cut === undefined) return;
    this.#base = this.#stateAt(cut);
    this.#orders.splice(0, this.#orders.length - count);
    for (const [slot, words] of this.#words) {
      words.splice(0, countUntil(words, cut, orderOfWord));
      if (words.length === 0) this.#words.delete(slot);
    }
  }

  #isAfterBase(order: StatementOrder): boolean {
    return this.#base === undefined || compareOrder(this.#base.last, order) < 0;
  }

  /** What a statement deletes and says, it says. */
  #sayAll({ removed = [], slots }: OrderedStatement, order: StatementOrder): void {
    for (const slot of removed) if (!Object.hasOwn(slots, slot)) this.#say(slot, { order, value: undefined });
    for (const [slot, value] of Object.entries(slots)) this.#say(slot, { order, value });
  }

  #say(slot: string, word: Word): void {
    const words = this.#words.get(slot);
    if (words === undefined) this.#words.set(slot, [word]);
    else words.splice(countUntil(words, word.order, orderOfWord), 0, word);
  }

  #stateAt(order: StatementOrder): ResourceState {
    const slots = new Map(Object.entries(this.#base?.slots ?? {}));
    const sources = new Map(Object.entries(this.#base?.sources ?? {}));
    for (const [slot, words] of this.#words) {
      const word = words[countUntil(words, order, orderOfWord) - 1];
      if (word === undefined) continue;
      if (word.value === undefined) {
        slots.delete(slot);
        sources.delete(slot);
      } else {
        slots.set(slot, word.value);
        sources.set(slot, sourceOf(word.order));
      }
    }
    const { resourceType, id } = this.named;
    return { resourceType, id, slots: sorted(slots), sources: sorted(sources), last: order };
  }
}

function isPlain({ cancels, withdraws, listed, lists, ends }: OrderedStatement): boolean {
  return (cancels ?? withdraws ?? listed ?? lists ?? ends) === undefined;
}

function isPlainState(state: ResourceState | undefined): boolean {
  return (state?.isWithdrawn ?? state?.claims ?? state?.lists) === undefined;
}

function orderOfWord({ order }: Word): StatementOrder {
  return order;
}

/** How many of a sorted list are not after this place. */
function countUntil<One>(list: readonly One[], order: StatementOrder, orderIn: (one: One) => StatementOrder): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const one = list[middle];
    if (one !== undefined && compareOrder(orderIn(one), order) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
