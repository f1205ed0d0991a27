import { type Node, PatternError, patternStatesMax, type Range } from './syntax.js';

/** One state of the machine; `to` and `or` are states, `or` tried after `to`. */
export type State =
  | { readonly kind: 'set'; readonly ranges: readonly Range[]; readonly isNegated: boolean }
  | { readonly kind: 'match' }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'save'; readonly slot: number }
  /** What was saved in an earlier turn of a repeated group counts no more. */
  | { readonly kind: 'forget'; readonly from: number; readonly to: number }
  | { kind: 'jump'; to: number }
  | { kind: 'split'; to: number; or: number };

/** The states of a pattern in a row, the first the one to begin in. Throws `PatternError`. */
export function compilePattern(root: Node): readonly State[] {
  return new Compiler().compile(root);
}

class Compiler {
  readonly #states: State[] = [];

  compile(root: Node): readonly State[] {
    this.#add({ kind: 'save', slot: 0 });
    this.#node(root);
    this.#add({ kind: 'save', slot: 1 });
    this.#add({ kind: 'match' });
    return this.#states;
  }

  #node(node: Node): void {
    switch (node.kind) {
      case 'set':
      case 'start':
      case 'end':
        this.#add(node);
        return;
      case 'sequence':
        for (const part of node.parts) this.#node(part);
        return;
      case 'choice':
        this.#choice(node.options);
        return;
      case 'group':
        this.#group(node);
        return;
      case 'repeat':
        this.#repeat(node);
    }
  }

  #choice(options: readonly Node[]): void {
    const jumps: { to: number }[] = [];
    for (const [at, option] of options.entries()) {
      const split = at < options.length - 1 ? this.#split() : undefined;
      if (split !== undefined) split.to = this.#next;
      this.#node(option);
      if (split === undefined) break;
      const jump = { kind: 'jump' as const, to: 0 };
      this.#add(jump);
      jumps.push(jump);
      split.or = this.#next;
    }
    for (const jump of jumps) jump.to = this.#next;
  }

  #group({ body, index }: Node & { readonly kind: 'group' }): void {
    if (index !== undefined) this.#add({ kind: 'save', slot: 2 * index });
    this.#node(body);
    if (index !== undefined) this.#add({ kind: 'save', slot: 2 * index + 1 });
  }

  #repeat({ body, min, max, isLazy }: Node & { readonly kind: 'repeat' }): void {
    for (let times = 0; times < min; times++) this.#turn(body);
    if (max === Infinity) {
      const split = this.#split();
      const start = this.#next;
      this.#turn(body);
      this.#add({ kind: 'jump', to: start - 1 });
      this.#aim(split, { start, isLazy });
      return;
    }
    const splits: { readonly split: Split; readonly start: number }[] = [];
    for (let times = min; times < max; times++) {
      const split = this.#split();
      splits.push({ split, start: this.#next });
      this.#turn(body);
    }
    for (const { split, start } of splits) this.#aim(split, { start, isLazy });
  }

  #turn(body: Node): void {
    const groups = groupsIn(body);
    const [first] = groups;
    if (first !== undefined) this.#add({ kind: 'forget', from: 2 * first, to: 2 * (groups.at(-1) ?? first) + 2 });
    this.#node(body);
  }

  #aim(split: Split, { start, isLazy }: { readonly start: number; readonly isLazy: boolean }): void {
    split.to = isLazy ? this.#next : start;
    split.or = isLazy ? start : this.#next;
  }

  #split(): Split {
    const split: Split = { kind: 'split', to: 0, or: 0 };
    this.#add(split);
    return split;
  }

  #add(state: State): void {
    if (this.#states.length >= patternStatesMax) throw new PatternError('too many states: count less far', 0);
    this.#states.push(state);
  }

  get #next(): number {
    return this.#states.length;
  }
}

type Split = State & { kind: 'split' };

/** Indexes of the groups in it, in order. */
function groupsIn(node: Node): readonly number[] {
  switch (node.kind) {
    case 'group':
      return [...(node.index === undefined ? [] : [node.index]), ...groupsIn(node.body)];
    case 'repeat':
      return groupsIn(node.body);
    case 'sequence':
      return node.parts.flatMap(groupsIn);
    case 'choice':
      return node.options.flatMap(groupsIn);
    case 'set':
    case 'start':
    case 'end':
      return [];
  }
}
